import { parse } from "./parser.ts";

/** A name as SQL: in quotes unless the grammar takes it as it is. The caller has awaited `loadParser()`. */
export function quoted(name: string): string {
  const isPlain = /^[a-z_][a-z0-9_]*$/.test(name) && parse(`TABLE ${name}`).ok;
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}
