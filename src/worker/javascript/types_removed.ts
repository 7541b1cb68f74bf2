/** TypeScript → JavaScript in which everything stands where it stood: types become blanks. */
import { createRequire } from "node:module";
import type * as swc from "@swc/wasm-typescript";

const require = createRequire(import.meta.url);

/** What the library throws. */
interface Refusal {
  readonly message: string;
  readonly startLine?: number;
  readonly startColumn?: number;
}

/** Where the text can't be read, or has what types alone can't become: an enum, a namespace with values. */
export interface SyntaxFault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Between the threads of Node's hooks an error keeps no more than its message. */
const MARK = "ctf syntax fault ";

/** @throws Error that `syntaxFaultIn` knows */
export function withoutTypes(file: string, text: string): string {
  const read = strip(file, text);
  if (typeof read === "string") return read;
  throw new Error(MARK + JSON.stringify(read));
}

/** Of JavaScript, too. */
export function syntaxFaultOf(file: string, text: string): SyntaxFault | undefined {
  const read = strip(file, text);
  return typeof read === "string" ? undefined : read;
}

function strip(file: string, text: string): string | SyntaxFault {
  // It takes longer to load than all else, and JavaScript does without.
  const { transformSync } = require("@swc/wasm-typescript") as typeof swc;
  try {
    return transformSync(text, { mode: "strip-only", module: true, deprecatedTsModuleAsError: true }).code;
  } catch (error) {
    const { message, startLine = 1, startColumn = 0 } = error as Refusal;
    return { file, line: startLine, column: startColumn + 1, message };
  }
}

export const syntaxFaultIn = (message: string): SyntaxFault | undefined =>
  message.startsWith(MARK) ? (JSON.parse(message.slice(MARK.length)) as SyntaxFault) : undefined;
