/** What PostgreSQL refused to a guest, in words: which table, and what to declare. */
import type pg from "pg";
import { DiagnosticError, type Diagnostic, type Span } from "../../diagnostics/diagnostic.ts";
import { tableText, type TableName } from "../../project/types.ts";
import { sourceCommand } from "../../project/write/source_command.ts";
import { rowsOf } from "../session/batch.ts";
import { databaseError, rememberWords, spanOf, type Origin } from "../errors.ts";
import type { Work } from "../work.ts";
import { identifier, qualified } from "../names.ts";
import { cannotPassOn, missingRight, rowsHidden, undeclaredUse } from "./codes.ts";

/** PostgreSQL's words for a refusal name a relation without its schema. */
const OF_RELATION =
  /^permission denied for (?:table|view|materialized view|foreign table|sequence|relation|index) "?(.*?)"?$/;
const NOT_OWNER = /^must be owner of (?:table|view|materialized view|foreign table|sequence|relation|index) "?(.*?)"?$/;
const HIDDEN = /^query would be affected by row-level security policy for table "(.*)"$/;
const OF_OTHERS = /^(?:permission denied for|must be owner of) ([a-z -]+?) (?:".*"|\S+)$/;

/** Whom it was refused to. */
export interface Refused extends Pick<Work, "client" | "span" | "howToDeclare"> {
  readonly planned: Pick<Work["planned"], "file" | "reads">;
  readonly guest?: { readonly role: string };
}

/**
 * The refusal (SQLSTATE 42501) as a diagnostic. A function can raise that code with words of its own, so a name is said only
 * where a relation has it that the guest has no right to.
 */
export async function refusal(work: Refused, error: unknown, origin: Origin): Promise<DiagnosticError> {
  const cause = databaseError(error)!;
  const diagnostic = await inWords(work, cause, { span: spanOf(cause, origin) ?? work.span });
  rememberWords(diagnostic, error);
  return new DiagnosticError([diagnostic]);
}

async function inWords(work: Refused, cause: pg.DatabaseError, at: { readonly span: Span }): Promise<Diagnostic> {
  const { message } = cause;
  const name = (OF_RELATION.exec(message) ?? NOT_OWNER.exec(message) ?? HIDDEN.exec(message))?.[1];
  const found = name === undefined ? [] : await relationsNamed(work, name);
  const names = found.map(tableText).join(" or ");
  const of = work.planned.file;
  if (found.length === 0) {
    const what = OF_OTHERS.exec(message)?.[1];
    const words = kinds.has(what ?? "") ? `a ${what} that it has no right to` : "something that it has no right to";
    return missingRight({
      ...at,
      message: `the SQL uses ${words} (SQLSTATE 42501)`,
      hint: "A transform may read its inputs, make its outputs, and use what everybody may use.",
    });
  }
  if (HIDDEN.test(message)) {
    return rowsHidden({
      ...at,
      message: `row-level security would hide rows of ${names} from the transform`,
      hint: 'Read it by a view without that, or write "isolation: none" at the target in ctf.yaml.',
    });
  }
  if (NOT_OWNER.test(message) || found.every(({ mayRead }) => mayRead)) {
    return undeclaredUse({
      ...at,
      message: `changes ${names}, which is not among its outputs`,
      hint: `If nothing else makes it, declare it under outputs: in ${of}.`,
    });
  }
  const declared = found.find((table) => work.planned.reads.some((read) => tableText(read) === tableText(table)));
  if (declared) {
    const [me] = await rowsOf(work.client, "SELECT current_user AS name");
    return cannotPassOn({
      ...at,
      message: `CTF's role may not let the transform read ${tableText(declared)}`,
      hint: `Its owner can allow that: GRANT SELECT ON ${qualified(declared)} TO ${identifier(me?.["name"] as string)} WITH GRANT OPTION.`,
    });
  }
  const hints = found.flatMap((table) => work.howToDeclare?.(table) ?? []);
  const command = sourceCommand(...found);
  return undeclaredUse({
    ...at,
    message: `reads ${names}, which is not among its inputs`,
    hint: hints[0] ?? `If CTF does not build it, declare it: "${command}", then name it under inputs: in ${of}.`,
  });
}

/** Nouns of PostgreSQL's own, so that nothing else can stand in their place. */
const kinds = new Set([
  "schema",
  "function",
  "procedure",
  "aggregate",
  "routine",
  "language",
  "type",
  "database",
  "large object",
  "foreign server",
  "foreign-data wrapper",
  "tablespace",
  "extension",
]);

interface Found extends TableName {
  readonly mayRead: boolean;
}

/** Relations of that name; those that the project knows, where there are several. */
async function relationsNamed(work: Refused, name: string): Promise<readonly Found[]> {
  const rows = (await rowsOf(
    work.client,
    `SELECT n.nspname AS schema, c.relname AS name,
       c.relkind <> 'S' AND pg_catalog.has_table_privilege($2, c.oid, 'SELECT') AS "mayRead"
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = $1 AND n.nspname !~ '^(pg_|ctf_(build|old)_[0-9]+$)' ORDER BY 1`,
    [name, work.guest!.role],
  )) as unknown as readonly Found[];
  const unread = rows.filter(({ mayRead }) => !mayRead);
  const candidates = unread.length > 0 ? unread : rows;
  const known = candidates.filter((table) => work.howToDeclare?.(table) !== undefined);
  return known.length > 0 ? known : candidates;
}
