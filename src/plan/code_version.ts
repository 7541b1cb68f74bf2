import { createHash } from "node:crypto";
import type { Action } from "./types.ts";

/** Changes whenever what is to be done changes. */
export const codeVersionOf = (action: Action): string =>
  createHash("sha256").update(JSON.stringify(action)).digest("hex").slice(0, 16);
