/** Dates and times as numbers and as PostgreSQL's texts (ISO, proleptic Gregorian, years 1 to 9999). */

const DAY_MS = 86_400_000;
const DATE =
  /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(?:Z|[+-]\d{2}(?::?\d{2})?)?\s*$/;

/** Days since 1970. */
export const dayOf = (year: number, month: number, day: number): number => utc(year, month, day) / DAY_MS;

/** Seconds since 1970 as the text shows them, whatever its time zone; undefined for what has another form. */
export function secondsOf(text: string): number | undefined {
  const found = DATE.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const at = utc(year, month, day);
  if (new Date(at).getUTCMonth() !== month - 1 || hour > 24 || minute > 59) return undefined;
  return at / 1000 + hour * 3600 + minute * 60 + second;
}

function utc(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

export const dateText = (day: number): string => timestampText(day * 86_400).slice(0, 10);

/** `2024-02-29 13:45:00` */
export const timestampText = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");

/** A part of a date as `extract` gives it; undefined for those that depend on more. */
export function partOf(field: string, seconds: number): number | undefined {
  const date = new Date(seconds * 1000);
  switch (field) {
    case "day":
      return date.getUTCDate();
    case "month":
      return date.getUTCMonth() + 1;
    case "year":
      return date.getUTCFullYear();
    case "quarter":
      return Math.floor(date.getUTCMonth() / 3) + 1;
    case "dow":
      return date.getUTCDay();
    case "isodow":
      return date.getUTCDay() || 7;
    case "hour":
      return date.getUTCHours();
    case "minute":
      return date.getUTCMinutes();
    default:
      return undefined;
  }
}
