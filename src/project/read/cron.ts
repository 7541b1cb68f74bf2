/** Five cron fields as crontab(5) has them: minute, hour, day of month, month, day of week. */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS = [
  { name: "minute", low: 0, high: 59, names: [] },
  { name: "hour", low: 0, high: 23, names: [] },
  { name: "day of the month", low: 1, high: 31, names: [] },
  { name: "month", low: 1, high: 12, names: MONTHS },
  { name: "day of the week", low: 0, high: 7, names: DAYS },
] as const;

type Field = (typeof FIELDS)[number];

/** What keeps a schedule from ever coming true, or undefined if it is fine. */
export function cronProblem(schedule: string): string | undefined {
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    if (schedule.startsWith("@")) return `${schedule} is a shorthand; CTF takes the five fields themselves`;
    return `it has ${parts.length} field${parts.length === 1 ? "" : "s"} instead of five`;
  }
  const values: (readonly number[])[] = [];
  for (const [i, part] of parts.entries()) {
    const read = readField(part, FIELDS[i]!);
    if (typeof read === "string") return read;
    values.push(read);
  }
  const [, , days, months] = values;
  const anyDayOfWeek = parts[4]!.startsWith("*");
  if (anyDayOfWeek && !months!.some((month) => days!.some((day) => day <= longest(month)))) {
    return "no such day comes in any of its months";
  }
  return undefined;
}

/** The numbers that a field stands for, or what is wrong with it. */
function readField(text: string, field: Field): readonly number[] | string {
  const found: number[] = [];
  for (const item of text.split(",")) {
    const match = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/i.exec(item);
    if (!match) return `"${text}" is not possible as the ${field.name}`;
    const [, star, from, to, step] = match;
    const first = star ? field.low : number(from!, field);
    const last = star || (step && !to) ? field.high : number(to ?? from!, field);
    const wrong = first === undefined ? from : last === undefined ? to : undefined;
    if (first === undefined || last === undefined) {
      return `"${wrong}" is not possible as the ${field.name}: it goes from ${field.low} to ${field.high}`;
    }
    if (first > last) return `"${item}" goes backwards`;
    if (step === "0") return `"${item}" takes steps of nothing`;
    for (let n = first; n <= last; n += Number(step ?? 1)) found.push(n);
  }
  return found;
}

function number(text: string, { low, high, names }: Field): number | undefined {
  const named = names.findIndex((name) => name === text.toLowerCase());
  const value = named === -1 ? (/^\d+$/.test(text) ? Number(text) : NaN) : low + named;
  return value >= low && value <= high ? value : undefined;
}

const longest = (month: number): number => (month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31);
