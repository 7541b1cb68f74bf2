/** A build by a guest: the whole table, with its keys and indexes, before CTF takes it over, verifies and publishes it. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { TableName } from "../../project/types.ts";
import type { Row, Statement } from "../session/batch.ts";
import { buildSchema, closedSchema } from "../build/build.ts";
import { unlockAll } from "../session/locks.ts";
import { identifier, qualified } from "../names.ts";
import type { Step } from "../session/steps.ts";
import type { Work } from "../work.ts";
import { undeclaredMade } from "./codes.ts";
import { allow, takeBack, type Allowed } from "./grants.ts";

const readsOf = ({ planned }: Work): Allowed => ({ reads: planned.reads, writes: [], refers: false });

/**
 * Lets the guest, where there is one, read the transform's inputs and build in the closed schema of this number. Gives the
 * work as the guest does it. @throws DiagnosticError
 */
export async function admit(
  work: Work,
  number: number,
  allowed: Allowed = readsOf(work),
  also: readonly Statement[] = [],
): Promise<Work | undefined> {
  const { guest, closed } = work;
  if (!guest) return undefined;
  const mayBuild = closed.number === number && closed.guest === guest.role;
  const letBuild = { text: `GRANT USAGE, CREATE ON SCHEMA ${buildSchema(number)} TO ${identifier(guest.role)}` };
  const first = mayBuild ? [] : [...closedSchema(work, number), letBuild];
  await Promise.all([allow(work, guest.role, allowed, { first, also }), guest.reset()]);
  closed.number = number;
  closed.guest = guest.role;
  return { ...work, client: guest.client, host: work };
}

/** The end of the guest's transaction. */
export const handIn: readonly Step[] = [{ text: "DISCARD TEMP" }, unlockAll, { text: "COMMIT" }];

/** What the guest has built is CTF's from here on; the first of them asks for what `refuseOthers` is to hear of. */
export const takeOver = ({ guest }: Work, table: TableName): readonly Step[] => [
  { text: madeBesides, values: [guest!.role, qualified(table)] },
  { text: `REASSIGN OWNED BY ${identifier(guest!.role)} TO CURRENT_USER` },
];

/** The end of what the guest may read, in the transaction that ends the build. */
export const showOut = ({ guest, planned }: Work): readonly Step[] =>
  planned.reads.length === 0 ? [] : takeBack(guest!.role);

/**
 * Nothing but the declared may be left. @throws DiagnosticError naming what else there is; but a name that the SQL itself does
 * not say may be put together from rows
 */
export function refuseOthers(work: Work, others: readonly Row[]): void {
  if (others.length === 0) return;
  const text = JSON.stringify(work.planned.action);
  const named = ({ what, name, sort }: Row) =>
    what !== null && name !== null && text.includes(name as string) ? (what as string) : `a ${sort as string}`;
  const names = [...new Set(others.map(named))].join(", ");
  throw new DiagnosticError([
    undeclaredMade({
      message: `the SQL made ${names}, which is not among the outputs`,
      span: work.span,
      hint: `Declare it under outputs: in ${work.planned.file}, or leave it out.`,
    }),
  ]);
}

const HERE = "(SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())";

/** All that the role ($1) owns, as pairs (classid, objid). */
export const OWNED = `SELECT s.classid, s.objid FROM pg_catalog.pg_shdepend s
  WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.refobjid = pg_catalog.quote_ident($1)::pg_catalog.regrole
    AND s.deptype = 'o' AND s.dbid = ${HERE}`;

/** An object in words, its bare name, and what it is. */
export const described = (object: string): string =>
  `pg_catalog.pg_describe_object(${object}.classid, ${object}.objid, 0) AS what,
  coalesce((SELECT c.relname FROM pg_catalog.pg_class c WHERE ${object}.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = ${object}.objid),
    (SELECT p.proname FROM pg_catalog.pg_proc p WHERE ${object}.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = ${object}.objid)) AS name,
  (pg_catalog.pg_identify_object(${object}.classid, ${object}.objid, 0)).type AS sort`;

/** What it owns or has put on the built table ($2) that is no part of it as CTF makes one. */
const madeBesides = `
SELECT ${described("o")} FROM (${OWNED}) o
WHERE NOT (o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.objid = pg_catalog.to_regclass($2))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = o.classid AND d.objid = o.objid
    AND d.refobjid = pg_catalog.to_regclass($2) AND d.deptype IN ('a', 'i'))
UNION ALL
SELECT NULL, '', 'trigger, a rule, a policy or a grant on the table' FROM pg_catalog.pg_class c
WHERE c.oid = pg_catalog.to_regclass($2) AND (c.relhastriggers OR c.relhasrules OR c.relrowsecurity OR c.relacl IS NOT NULL
  OR EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid))`;
