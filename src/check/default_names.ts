/**
 * The names that PostgreSQL makes up for keys and indexes (makeObjectName and ChooseIndexNameAddition in
 * src/backend/commands/indexcmds.c): `table_columns_label`, its longer part cut until all fits into 63 bytes.
 */
const MOST_BYTES = 63;

export function defaultName(table: string, columns: readonly string[], label: "pkey" | "key" | "idx" | "fkey"): string {
  const middle = label === "pkey" ? undefined : columns.join("_");
  const short = middle === undefined ? `${table}_${label}` : `${table}_${middle}_${label}`;
  // A UTF-16 unit is three bytes at most, so most names need no counting.
  if (short.length * 3 <= MOST_BYTES || Buffer.byteLength(short) <= MOST_BYTES) return short;
  const room = MOST_BYTES - label.length - 1 - (middle === undefined ? 0 : 1);
  let first = Buffer.byteLength(table);
  let second = middle === undefined ? 0 : Math.min(Buffer.byteLength(middle), MOST_BYTES);
  while (first + second > room) {
    if (first > second) first--;
    else second--;
  }
  const parts = [cut(table, first), ...(middle === undefined ? [] : [cut(middle, second)]), label];
  return parts.join("_");
}

/** At most so many bytes, and no half characters. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let kept = "";
  let size = 0;
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > bytes) break;
    kept += character;
  }
  return kept;
}
