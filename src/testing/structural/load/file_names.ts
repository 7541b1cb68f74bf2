/** Names of files that a load's classes know, with values in them that its columns take. */
import { randomOf } from "../../../generate/random.ts";
import { dateText } from "../../../generate/values/days.ts";
import { regexPattern } from "../../../generate/values/pattern.ts";
import type { FileRows } from "../../../plan/types.ts";
import type { ColumnFacts, TableFacts } from "../../../warehouse/facts/types.ts";
import { fits } from "../inputs/likely.ts";

/** Columns that files' names fill. */
export const classifiedColumns = ({ classify }: FileRows): ReadonlySet<string> =>
  new Set(classify.flatMap(({ match, set }) => [...Object.keys(set), ...groupsIn(match)]));

const groupsIn = (match: string): readonly string[] => [...match.matchAll(/\(\?<(\w+)>/g)].map(([, name]) => name!);

const TRIES = 200;

/** One for each class of which a name could be made up; the one name of files that need none. */
export function fileNames({ classify }: FileRows, facts: TableFacts, fallback: string): readonly string[] {
  if (classify.length === 0) return [fallback];
  return classify.flatMap(({ match }, n) => {
    const name = nameFor(match, facts);
    const first = name === undefined ? -1 : classify.findIndex((one) => new RegExp(one.match).test(name));
    return first === n ? [name!] : [];
  });
}

function nameFor(match: string, facts: TableFacts): string | undefined {
  const regex = new RegExp(match);
  const random = randomOf(1, "files", match);
  for (let n = 0; n < TRIES; n++) {
    const pattern = regexPattern(withValues(match, facts, n));
    if (!pattern) return undefined;
    const name = pattern.make(random);
    const found = regex.exec(name);
    const groups = Object.entries(found?.groups ?? {});
    const isName = found !== null && !/^$|[/\\]$|^[/.]|\0|\.\./.test(name);
    if (isName && groups.every(([column, text]) => isValue(facts, column, text))) return name;
  }
  return undefined;
}

/** Groups of digits that become days are such: by chance they hardly ever are. The rest is left to chance. */
function withValues(match: string, facts: TableFacts, n: number): string {
  const written = match.replaceAll(/\(\?<(\w+)>((?:\\.|\[[^\]]*\]|[^()\\])*)\)/g, (_, name: string, inner: string) => {
    const type = columnOf(facts, name)?.of;
    const day = dateText(19_700 + n);
    const isDay = type?.is === "base" && /^(date|timestamp|timestamptz)$/.test(type.name);
    const whole = new RegExp(`^(?:${inner})$`);
    const text = isDay ? [day, day.replaceAll("-", "")].find((one) => whole.test(one)) : undefined;
    return `(${text ?? inner})`;
  });
  return written.replaceAll(/\(\?<\w+>/g, "(").replaceAll(/\(\?:/g, "(");
}

const columnOf = ({ columns }: TableFacts, name: string): ColumnFacts | undefined =>
  columns.find((column) => column.name === name);

function isValue(facts: TableFacts, name: string, text: string | undefined): boolean {
  const column = columnOf(facts, name);
  if (!column || text === undefined) return column?.notNull !== true;
  const { of } = column;
  // PostgreSQL reads a day without its dashes, too.
  if (of.is === "base" && /^(date|timestamp|timestamptz)$/.test(of.name) && /^\d{8}$/.test(text)) {
    return fits(of, text.replace(/(....)(..)(..)/, "$1-$2-$3"));
  }
  return fits(of, text);
}
