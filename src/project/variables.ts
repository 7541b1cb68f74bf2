import type { Variable, VariableType } from "./types.ts";

const INT8 = 2n ** 63n;

const isInteger = (text: string): boolean => {
  if (!/^[+-]?\d+$/.test(text)) return false;
  const value = BigInt(text.replace(/^\+/, ""));
  return value >= -INT8 && value < INT8;
};

function isDate(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  if (year === 0 || month < 1 || month > 12) return false;
  const days = month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day >= 1 && day <= days;
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function isTimestamp(text: string): boolean {
  const parts = /^(\S{10})[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)$/.exec(
    text,
  );
  return parts !== null && isDate(parts[1]!);
}

/** Narrower than PostgreSQL: what means the same whatever DateStyle and TimeZone a session has. */
const types: Readonly<Record<VariableType, { readonly fits: (text: string) => boolean; readonly example: string }>> = {
  text: { fits: (text) => !text.includes("\0"), example: "any text" },
  integer: { fits: isInteger, example: "42" },
  numeric: { fits: (text) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?$/i.test(text), example: "0.25" },
  boolean: { fits: (text) => /^(true|false)$/i.test(text), example: "true" },
  date: { fits: isDate, example: "2018-04-17" },
  timestamptz: { fits: isTimestamp, example: "2018-04-17T06:00:00Z" },
};

/** Whether PostgreSQL will read this text as the variable's type. */
export const fitsVariable = (type: VariableType, text: string): boolean => types[type].fits(text);

/** A value as one would write it, for hints. */
export const exampleOf = (variable: Pick<Variable, "type">): string => types[variable.type].example;
