import type { Project, Transform } from "../project/types.ts";
import type { Subject } from "./types.ts";

/** The transforms that a test runs, all or a piece of them, in their order. */
export const transformsOf = (subject: Subject): readonly Transform[] =>
  subject.type === "pipeline" ? subject.transforms : [subject.transform];

/** Whether all of a transform's sources could be read: what is wrong with the others is told, and without them nothing can be planned. */
export const hasSources =
  ({ sources }: Project) =>
  ({ inputs }: Transform): boolean =>
    inputs.every((input) => input.type !== "source" || sources.some(({ sourceName }) => sourceName === input.name));
