import * as z from "zod";
import { defaultVisibility } from "./restrictions.ts";
import { description, execution, grants, owners } from "./common.ts";

export const pipelineFile = z.strictObject({
  description: description.optional(),
  owners: owners.optional(),
  schedule: z
    .string()
    .min(1)
    .optional()
    .describe(
      "When it runs, as five cron fields (minute, hour, day of month, month, day of week): `0 6 * * *` is daily at 6:00.",
    ),
  defaults: z
    .strictObject({ ...execution, visibility: defaultVisibility.optional() })
    .optional()
    .describe("For all transforms of the pipeline that don't say otherwise."),
  grants: grants.optional(),
});

export type RawPipeline = z.infer<typeof pipelineFile>;
