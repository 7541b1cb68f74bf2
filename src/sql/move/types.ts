import type { Code } from "../../project/types.ts";
import type { OpaquePlace } from "../relations.ts";
import type { What } from "./objects.ts";

export interface Move {
  /** All schemas whose objects are moved. */
  readonly schemas: ReadonlySet<string>;
  /** Functions in them: who calls one without its schema can't be followed. */
  readonly functions: ReadonlySet<string>;
  /** The schema in which something that is only read stands now. */
  readFrom(schema: string, name: string, what: What): string;
  /** The schema that takes the place of one of `schemas`. */
  writtenTo(schema: string): string;
}

export interface Moved {
  readonly text: string;
  /** Names that stand in the text for others. */
  readonly renamed: NonNullable<Code["renamed"]>;
  /** Places that keep it from being run. */
  readonly opaque: readonly OpaquePlace[];
}
