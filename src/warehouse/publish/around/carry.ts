/** Gives the built table what the old one has beside its declaration: owner, grants, comments, row security, storage. */
import type pg from "pg";
import type { Diagnostic, Span } from "../../../diagnostics/diagnostic.ts";
import type { TableName, TableOutput } from "../../../project/types.ts";
import { loadParser } from "../../../sql/parser.ts";
import { moveTable } from "../../../sql/move/move_table.ts";
import { batch, type Row, type Statement } from "../../session/batch.ts";
import { identifier, qualified } from "../../names.ts";
import { carryMadeByHand, selectMadeByHand, type CarriedKey } from "./by_hand.ts";
import { comments, defaultPrivileges, grants, rowSecurity, storage, whatThereIs } from "./kept.ts";
import type { Relation } from "../relation.ts";
import { forCatalogs } from "./catalogs.ts";

export interface CarriedOver {
  readonly warnings: readonly Diagnostic[];
  /** Foreign keys made by hand: added in the publish, like the declared ones. */
  readonly foreignKeys: readonly CarriedKey[];
}

const statementOf = (row: Row): Statement => ({ text: row["statement"] as string });

/** What of all that is there at all: for most tables nothing, and then nothing more is asked. */
export const askWhatThereIs = (old: Relation): readonly Statement[] => [
  forCatalogs,
  { text: whatThereIs, values: [old.oid, old.made ?? []] },
];

/** Gives a table that was just built what the old one has; `there` is what `askWhatThereIs` gave. The transaction is the caller's. */
export const carryOver = (
  client: pg.Client,
  old: Relation,
  output: TableOutput,
  built: TableName,
  span: Span,
  there: Row | undefined,
): Promise<CarriedOver> => carry(client, old, output, built, span, (part) => there?.[part] === true);

/** The same once more, when something on the old table has changed since: then things may also be gone from it. */
export const carryOverAgain = (
  client: pg.Client,
  old: Relation,
  output: TableOutput,
  built: TableName,
  span: Span,
): Promise<CarriedOver> => carry(client, old, output, built, span, () => true);

type Part = "grants" | "comments" | "storage" | "rowSecurity" | "byHand";

async function carry(
  client: pg.Client,
  old: Relation,
  output: TableOutput,
  built: TableName,
  span: Span,
  has: (part: Part) => boolean,
): Promise<CarriedOver> {
  const values = [old.oid, qualified(built)];
  const described = [
    ...(output.description === undefined ? [] : [""]),
    ...output.columns.filter(({ description }) => description !== undefined).map(({ name }) => name),
  ];
  let carried: CarriedOver = { warnings: [], foreignKeys: [] };
  if (has("byHand")) {
    const [, made] = await batch(client, [forCatalogs, selectMadeByHand(old, built)]);
    carried = await carryMadeByHand(client, made?.rows ?? [], output, built, span);
  }
  // Asked only now: these also look at what was just made.
  const queries: Readonly<Record<Exclude<Part, "byHand">, Statement>> = {
    grants: { text: grants, values },
    comments: { text: comments, values: [...values, described] },
    storage: { text: storage, values },
    rowSecurity: { text: rowSecurity, values },
  };
  const parts = (Object.keys(queries) as (keyof typeof queries)[]).filter(has);
  if (parts.length === 0) return carried;
  const [, ...results] = await batch(client, [forCatalogs, ...parts.map((part) => queries[part])]);
  const rowsOf = (part: keyof typeof queries): readonly Row[] => results[parts.indexOf(part)]?.rows ?? [];
  if (rowsOf("rowSecurity").length > 0) await loadParser();
  await batch(client, [
    ...[...rowsOf("grants"), ...rowsOf("comments"), ...rowsOf("storage")].map(statementOf),
    ...rowsOf("rowSecurity").map((row) => policy(row, output, built.schema)),
  ]);
  return carried;
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

/** A first build gets the default privileges of the schema that it goes to. */
export async function applyDefaultPrivileges(client: pg.Client, built: TableName, schema: string): Promise<void> {
  const [result] = await batch(client, [{ text: defaultPrivileges, values: [qualified(built), schema] }]);
  await batch(client, (result?.rows ?? []).map(statementOf));
}

/**
 * What comes last, as CTF's own checks could not read the table after it: the owner, and row security that holds for
 * owners too. A new owner has to have CREATE on the closed schema for the moment; without USAGE that opens nothing.
 */
export function handOver(built: TableName, old: Relation): readonly Statement[] {
  const owner = identifier(old.owner);
  const force = old.forcesRowSecurity ? "FORCE" : "NO FORCE";
  const change = { text: `ALTER TABLE ${qualified(built)} ${force} ROW LEVEL SECURITY, OWNER TO ${owner}` };
  if (old.owner === old.me) return [change];
  return [
    { text: `GRANT CREATE ON SCHEMA ${identifier(built.schema)} TO ${owner}` },
    change,
    { text: `REVOKE CREATE ON SCHEMA ${identifier(built.schema)} FROM ${owner}` },
  ];
}
