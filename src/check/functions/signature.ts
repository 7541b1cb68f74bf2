import type { Position } from "../../diagnostics/diagnostic.ts";

/** How a parameter can be given its value; `any` is by its name or its position. */
export type Way = "any" | "name" | "position" | "others";

export interface Parameter {
  readonly name: string;
  readonly way: Way;
  readonly hasDefault: boolean;
  readonly start: Position;
}

/** What a function takes. Plain JSON: it is kept by the file's content. */
export interface Signature {
  /** Of the function's name. */
  readonly start: Position;
  readonly isAsync: boolean;
  readonly parameters: readonly Parameter[];
}

/** `none`: nothing in the file could make such a function; `unknown`: only running it would tell. */
export type FoundFunction = Signature | "none" | "unknown";
