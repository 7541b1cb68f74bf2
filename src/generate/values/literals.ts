/** PostgreSQL's texts of arrays and records. */

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;

/** Boxes are the one type whose arrays are not separated by commas. */
export const arrayText = (items: readonly (string | null)[], isBox = false): string =>
  `{${items.map((item) => (item === null ? "NULL" : quoted(item))).join(isBox ? ";" : ",")}}`;

export const recordText = (parts: readonly (string | null)[]): string =>
  `(${parts.map((part) => (part === null ? "" : `"${part.replaceAll(/["\\]/g, "$&$&")}"`)).join(",")})`;
