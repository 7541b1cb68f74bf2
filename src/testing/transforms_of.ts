import type { Transform } from "../project/types.ts";
import type { Subject } from "./types.ts";

/** The transforms that a test runs, all or a piece of them, in their order. */
export const transformsOf = (subject: Subject): readonly Transform[] =>
  subject.type === "pipeline" ? subject.transforms : [subject.transform];
