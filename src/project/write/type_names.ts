const shorter: readonly (readonly [RegExp, string])[] = [
  [/^timestamp(\(\d\))? with time zone/, "timestamptz$1"],
  [/^timestamp(\(\d\))? without time zone/, "timestamp$1"],
  [/^time(\(\d\))? with time zone/, "timetz$1"],
  [/^time(\(\d\))? without time zone/, "time$1"],
  [/^character varying/, "varchar"],
  [/^character(?=\(|\[|$)/, "char"],
];

/** PostgreSQL's full name of a type as people type it: `timestamptz` for `timestamp with time zone`. */
export function shortType(type: string): string {
  return shorter.reduce((text, [pattern, short]) => text.replace(pattern, short), type);
}
