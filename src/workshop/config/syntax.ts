/** What the conf file may say. */
import * as z from "zod";
import { extractors, loaders, transformers } from "../processors/steps.ts";

const namesOf = <T extends string>(of: Readonly<Record<T, unknown>>): T[] => Object.keys(of) as T[];
const count = z.int().min(0);

export const confFile = z.strictObject({
  scenarios: z.record(
    z.string(),
    z.strictObject({ users: count.max(1_000_000), forms: count.max(3), submissions: count.max(10_000_000) }),
  ),
  processors: z.record(
    z.string(),
    z.strictObject({
      extract: z.enum(namesOf(extractors)).optional(),
      transform: z.enum(namesOf(transformers)).optional(),
      load: z.enum(namesOf(loaders)).optional(),
      chunk: z.int().min(1).max(100_000).optional(),
      statement: z.enum(["paths"]).optional(),
      flatten: z.enum(["sql", "stream"]).optional(),
      at_most: z.int().min(1).optional(),
    }),
  ),
  seed: z.int().optional(),
});

export type RawConf = z.infer<typeof confFile>;
