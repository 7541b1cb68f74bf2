/** Gives the built table what the old one has beside its declaration: owner, grants, comments, row security, storage. */
import type { TableName, TableOutput } from "../../../project/types.ts";
import { loadParser } from "../../../sql/parser.ts";
import { moveTable } from "../../../sql/move/move_table.ts";
import { batch, type Row, type Statement } from "../../session/batch.ts";
import { inPhase, runSteps, tableOrigin } from "../../session/steps.ts";
import { identifier, qualified } from "../../names.ts";
import type { Work } from "../../work.ts";
import type { Relation } from "../relation.ts";
import { carryMadeByHand, nothingCarried, type CarriedOver } from "./by_hand.ts";
import { forCatalogs } from "./catalogs.ts";
import { setByCtf } from "./columns.ts";
import { comments } from "./kept/comments.ts";
import { granting, grants } from "./kept/grants.ts";
import { rowSecurity } from "./kept/row_security.ts";
import { statisticsOwners, storage } from "./kept/storage.ts";
import { whatThereIs } from "./kept/what_there_is.ts";

/** What of all that is there at all: for most tables nothing, and then nothing more is asked. */
export const askWhatThereIs = (old: Relation): readonly Statement[] => {
  const set = setByCtf(old);
  return [
    forCatalogs,
    { text: whatThereIs, values: [old.oid, old.made ?? [], set === null ? null : JSON.stringify(set)] },
  ];
};

type Part = "grants" | "comments" | "storage" | "rowSecurity" | "byHand";

/**
 * Gives a table that was built what the old one has; `there` is what `askWhatThereIs` gave. Without it all is looked for, as
 * when something on the old table has changed since: then things may also be gone from it. The transaction is the caller's.
 */
export async function carryOver(
  work: Work,
  old: Relation,
  output: TableOutput,
  built: TableName,
  there?: Row,
): Promise<CarriedOver> {
  const has = (part: Part) => there === undefined || there[part] === true;
  const carried = has("byHand") ? await carryMadeByHand(work, old, output, built) : nothingCarried;
  // Asked only now: these also look at what was just made.
  const values = [old.oid, qualified(built)];
  const described = [
    ...(output.description === undefined ? [] : [""]),
    ...output.columns.filter(({ description }) => description !== undefined).map(({ name }) => name),
  ];
  const queries = [
    { part: "grants", query: { text: grants, values }, as: (rows: readonly Row[]) => granting(rows, built.schema) },
    { part: "comments", query: { text: comments, values: [...values, described] }, as: asTheyAre },
    { part: "storage", query: { text: storage, values }, as: asTheyAre },
    {
      part: "storage",
      query: { text: statisticsOwners, values },
      as: (rows: readonly Row[]) => rows.flatMap((row) => owned(row, built)),
    },
    {
      part: "rowSecurity",
      query: { text: rowSecurity, values },
      as: (rows: readonly Row[]) => rows.map((row) => policy(row, output, built.schema)),
    },
  ] as const;
  const wanted = queries.filter(({ part }) => has(part));
  if (wanted.length === 0) return carried;
  const [, ...results] = await batch(work.client, [forCatalogs, ...wanted.map(({ query }) => query)]);
  if (wanted.some(({ part }, n) => part === "rowSecurity" && results[n]!.rows.length > 0)) await loadParser();
  const statements = wanted.flatMap(({ as }, n) => as(results[n]!.rows));
  if (statements.length > 0) await runSteps(work, inPhase("constrain", statements, tableOrigin(output, work.span)));
  return carried;
}

const asTheyAre = (rows: readonly Row[]): readonly Statement[] =>
  rows.map((row) => ({ text: row["statement"] as string }));

/** A new owner has to have CREATE on the closed schema for the moment; without USAGE that opens nothing. */
const letCreate = (owner: string, schema: string, change: Statement): readonly Statement[] => [
  { text: `GRANT CREATE ON SCHEMA ${identifier(schema)} TO ${identifier(owner)}` },
  change,
  { text: `REVOKE CREATE ON SCHEMA ${identifier(schema)} FROM ${identifier(owner)}` },
];

function owned(row: Row, { schema }: TableName): readonly Statement[] {
  const owner = row["owner"] as string;
  return letCreate(owner, schema, {
    text: `ALTER STATISTICS ${row["name"] as string} OWNER TO ${identifier(owner)}`,
  });
}

/** A policy's condition may read its own table; then it is to read the new one. */
function policy(row: Row, output: TableOutput, schema: string): Statement {
  const moved = (expression: string): string => {
    const text = moveTable(`SELECT ${expression}`, {
      schema: output.schema,
      name: output.name,
      to: identifier(schema),
    });
    return (text ?? `SELECT ${expression}`).slice("SELECT ".length);
  };
  const using = row["using"] === null ? "" : ` USING (${moved(row["using"] as string)})`;
  const check = row["check"] === null ? "" : ` WITH CHECK (${moved(row["check"] as string)})`;
  return { text: `${row["statement"] as string}${using}${check}` };
}

/**
 * What comes last, as CTF's own checks could not read the table after it: row security that holds for owners too, the owner,
 * and the rights that it took from itself.
 */
export function handOver(built: TableName, old: Relation): readonly Statement[] {
  const table = qualified(built);
  const force = old.forcesRowSecurity ? "FORCE" : "NO FORCE";
  const change = { text: `ALTER TABLE ${table} ${force} ROW LEVEL SECURITY, OWNER TO ${identifier(old.owner)}` };
  const lacks = old.ownerLacks.length
    ? [{ text: `REVOKE ${old.ownerLacks.join(", ")} ON ${table} FROM ${identifier(old.owner)}` }]
    : [];
  return [...(old.owner === old.me ? [change] : letCreate(old.owner, built.schema, change)), ...lacks];
}

/** For most tables there is nothing of that. */
export const isHandedOver = (old: Relation): boolean =>
  old.owner !== old.me || old.forcesRowSecurity || old.ownerLacks.length > 0;
