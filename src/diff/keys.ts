/** Keys, constraints, indexes and statistics of a table, then and now. */
import type { ForeignKey, Index, KeyConstraint, Statistics, TableOutput } from "../project/types.ts";
import { tableText } from "../project/types.ts";
import { sayTheSame } from "../sql/questions/fingerprint.ts";
import type { RelationNames } from "./columns.ts";
import type { Effect, FoundChange } from "./types.ts";

/** The caller has awaited `loadParser()`. */
export function keyChanges(before: TableOutput, now: TableOutput, names: RelationNames): readonly FoundChange[] {
  const change = (text: string, effect: Effect["type"] & ("safe" | "breaks"), key: string): FoundChange => {
    const place = { path: [...names.path, key], at: "key" as const };
    return {
      area: "contract",
      text,
      contract: { before: names.before, now: names.now, effect: { type: effect }, place },
    };
  };
  /** Whoever reads relies on what is promised: less of it breaks, more does not. */
  const promises = (key: string, then: readonly string[], today: readonly string[]): readonly FoundChange[] => [
    ...then.filter((one) => !today.includes(one)).map((one) => change(`${one} is gone`, "breaks", key)),
    ...today.filter((one) => !then.includes(one)).map((one) => change(`${one} is new`, "safe", key)),
  ];
  /** What is built, and promises nothing. */
  const built = (key: string, then: readonly string[], today: readonly string[]): readonly FoundChange[] =>
    promises(key, then, today).map((one) => ({
      ...one,
      contract: { ...one.contract!, effect: { type: "safe" } },
    }));
  const primary = (key?: KeyConstraint) => (key ? [keyText("primary key", key)] : []);
  const found = [
    ...promises("primary_key", primary(before.primaryKey), primary(now.primaryKey)),
    ...promises("unique", before.unique.map(uniqueText), now.unique.map(uniqueText)),
    ...promises("foreign_keys", before.foreignKeys.map(foreignText), now.foreignKeys.map(foreignText)),
    ...built("indexes", before.indexes.map(indexText), now.indexes.map(indexText)),
    ...built("statistics", before.statistics.map(statisticsText), now.statistics.map(statisticsText)),
    ...checks(before, now, change),
  ];
  if (found.length === 0 && namesOf(before) !== namesOf(now)) {
    return [change("its keys or constraints have other names or another order", "safe", "columns")];
  }
  return found;
}

function checks(
  before: TableOutput,
  now: TableOutput,
  change: (text: string, effect: "safe" | "breaks", key: string) => FoundChange,
): readonly FoundChange[] {
  const found: FoundChange[] = [];
  const same = (one: string, other: string) => sayTheSame(`SELECT ${one}`, `SELECT ${other}`);
  for (const { name, check } of before.constraints) {
    const other =
      now.constraints.find((one) => one.name === name) ?? now.constraints.find((one) => same(one.check, check));
    if (!other) found.push(change(`check ${name} is gone`, "breaks", "constraints"));
    else if (!same(check, other.check))
      found.push(change(`check ${name} says something else`, "breaks", "constraints"));
  }
  for (const { name, check } of now.constraints) {
    const known = before.constraints.some((one) => one.name === name || same(one.check, check));
    if (!known) found.push(change(`check ${name} is new`, "safe", "constraints"));
  }
  return found;
}

const keyText = (what: string, { columns, nullsNotDistinct }: KeyConstraint): string =>
  `${what} (${columns.toSorted().join(", ")})${nullsNotDistinct ? " with NULLs not distinct" : ""}`;

const uniqueText = (key: KeyConstraint): string => keyText("unique key", key);

const foreignText = ({ columns, references }: ForeignKey): string =>
  `foreign key (${columns.join(", ")}) to ${tableText(references)} (${references.columns.join(", ")})`;

function indexText({ keys, unique, method, where, include }: Index): string {
  const parts = keys.map(({ column, expression, order, nulls, opclass }) =>
    [column ?? expression, opclass, order, nulls && `nulls ${nulls}`].filter(Boolean).join(" "),
  );
  const more = [include && `including ${include.join(", ")}`, where && `where ${where}`].filter(Boolean);
  return [`${unique ? "unique " : ""}${method ? `${method} ` : ""}index on (${parts.join(", ")})`, ...more].join(" ");
}

const statisticsText = ({ name, columns, kinds = [] }: Statistics): string =>
  `statistics ${name} on (${columns.join(", ")})${kinds.length > 0 ? ` of ${kinds.join(", ")}` : ""}`;

const namesOf = ({ primaryKey, unique, foreignKeys, indexes, constraints }: TableOutput): string =>
  JSON.stringify([primaryKey, unique, foreignKeys, indexes, constraints.map(({ name }) => name)]);
