/** How values and places are called in messages. */
import type { Path } from "./problem.ts";

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function describe(value: unknown): string {
  if (value === null) return "nothing";
  if (typeof value === "string")
    return value === "" ? "empty text" : quoted(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "keys with values" : String(value);
}

export const quoted = (text: string): string => `"${text}"`;

export const lastKey = (path: Path): string => String(path.at(-1) ?? "");

/** How a place is called in a sentence: its nearest key, with which entry of a list it is. */
export function name(path: Path): string {
  if (path.length === 0) return "the file";
  const last = path.at(-1)!;
  if (typeof last === "string") return quoted(last);
  const list = path.findLast((step) => typeof step === "string");
  return list === undefined ? `entry ${last + 1}` : `entry ${last + 1} of ${quoted(String(list))}`;
}
