/** Dates and times as fixed-width files write them, to PostgreSQL's text. */
import { DiagnosticError, type Span } from "../../diagnostics/diagnostic.ts";
import { badDateFormat } from "../codes.ts";

/** The text that PostgreSQL takes, or undefined where it is no such date. */
export type ReadDate = (text: string) => string | undefined;

const PARTS = ["YYYY", "HH24", "DDD", "YY", "MM", "DD", "MI", "SS"] as const;
type Part = (typeof PARTS)[number];
const WIDTH: Readonly<Record<Part, number>> = { YYYY: 4, HH24: 2, DDD: 3, YY: 2, MM: 2, DD: 2, MI: 2, SS: 2 };

type Step = { readonly part: Part } | { readonly literal: string };

/**
 * Parts are of fixed width; what is between them has to be there as it is written. Two digits of a year are the nearest to
 * 2020, as PostgreSQL's to_date takes them: 00–69 are 2000–2069, 70–99 are 1970–1999. DDD is the day of the year.
 * @throws DiagnosticError where the format has something else, or does not say a whole date or time
 */
export function dateReader(format: string, field: string, span: Span): ReadDate {
  const steps = stepsOf(format);
  const parts = new Set(steps.flatMap((step) => ("part" in step ? [step.part] : [])));
  const letters = steps.some((step) => "literal" in step && /[A-SU-Z]/i.test(step.literal));
  const hasYear = parts.has("YYYY") !== parts.has("YY");
  const hasDay = parts.has("DDD") ? !parts.has("MM") && !parts.has("DD") : parts.has("MM") && parts.has("DD");
  const anyOfDate = ["YYYY", "YY", "MM", "DD", "DDD"].some((part) => parts.has(part as Part));
  const hasTime = parts.has("HH24") && parts.has("MI");
  const anyOfTime = ["HH24", "MI", "SS"].some((part) => parts.has(part as Part));
  const twice = parts.size < steps.filter((step) => "part" in step).length;
  const whole = (anyOfDate ? hasYear && hasDay : hasTime) && (hasTime || !anyOfTime);
  if (letters || twice || !whole) {
    throw new DiagnosticError([
      badDateFormat({
        message: `field ${field}: ${format} is not a format of a whole date or time`,
        span,
        hint: "Such as YYYYMMDD, MM/DD/YYYY, YYYYDDD or YYYYMMDDHH24MISS: of YYYY, YY, MM, DD, DDD, HH24, MI, SS.",
      }),
    ]);
  }
  return (text) => read(text, steps, anyOfDate, hasTime);
}

function stepsOf(format: string): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < format.length;) {
    const part = PARTS.find((one) => format.startsWith(one, at));
    steps.push(part ? { part } : { literal: format[at]! });
    at += part ? part.length : 1;
  }
  return steps;
}

function read(text: string, steps: readonly Step[], hasDate: boolean, hasTime: boolean): string | undefined {
  let at = 0;
  let year = 0;
  let month = 1;
  let day = 1;
  let hour = 0;
  let minute = 0;
  let second = 0;
  let dayOfYear = 0;
  for (const step of steps) {
    if ("literal" in step) {
      if (text[at] !== step.literal) return undefined;
      at++;
      continue;
    }
    const width = WIDTH[step.part];
    const value = digits(text, at, width);
    if (value < 0) return undefined;
    at += width;
    if (step.part === "YYYY") year = value;
    else if (step.part === "YY") year = value < 70 ? 2000 + value : 1900 + value;
    else if (step.part === "MM") month = value;
    else if (step.part === "DD") day = value;
    else if (step.part === "DDD") dayOfYear = value || -1;
    else if (step.part === "HH24") hour = value;
    else if (step.part === "MI") minute = value;
    else second = value;
  }
  if (at !== text.length || hour > 23 || minute > 59 || second > 59) return undefined;
  const time = `${two(hour)}:${two(minute)}:${two(second)}`;
  if (!hasDate) return time;
  if (dayOfYear !== 0) {
    [month, day] = monthAndDay(year, dayOfYear);
  }
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  const date = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
  return hasTime ? `${date} ${time}` : date;
}

/** -1 where they are not all digits. */
function digits(text: string, at: number, width: number): number {
  let value = 0;
  for (let i = at; i < at + width; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysOf = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : DAYS[month - 1]!);

/** Month 0 where the year has no such day. */
function monthAndDay(year: number, dayOfYear: number): [number, number] {
  let day = dayOfYear;
  for (let month = 1; month <= 12; month++) {
    if (day <= daysOf(year, month)) return [day > 0 ? month : 0, day];
    day -= daysOf(year, month);
  }
  return [0, 0];
}
