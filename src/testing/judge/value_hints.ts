/** How values of common types are written. */
const EXAMPLES: readonly (readonly [type: RegExp, example: string])[] = [
  [/^date$/i, "2018-04-17"],
  [/^(timestamptz|timestamp with time zone)/i, "2018-04-17T12:00:00Z"],
  [/^timestamp/i, "2018-04-17T12:00:00"],
  [/^bool/i, "true or false"],
  [/^daterange$/i, '"[2018-01-15,2018-03-10)", in quotes'],
  [/\[\]$/, '"{one,two}", in quotes, or [one, two]'],
  [/^jsonb?$/i, `lists and mappings as they are, a text as '"one"'`],
  [/^(small|big)?int/i, "1234"],
  [/^numeric|^decimal/i, "1234.50, without thousands, percent or currency"],
  [/^float|^double|^real/i, "1.5, NaN or Infinity"],
];

/** Undefined for types whose values everybody writes alike. */
export function hintFor(type: string): string | undefined {
  const example = EXAMPLES.find(([pattern]) => pattern.test(type))?.[1];
  return example === undefined ? undefined : `The column's type is ${type}: write ${example}.`;
}
