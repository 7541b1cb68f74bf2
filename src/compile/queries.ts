/** Every SELECT is planned by PostgreSQL, and the columns that it would give are held against the declared ones. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { tableText, type Code, type TableOutput } from "../project/types.ts";
import { batch } from "../warehouse/session/batch.ts";
import { isFilledIn } from "../warehouse/build/table.ts";
import { columnProblems } from "../warehouse/build/verify_columns.ts";
import type { DescribedColumn } from "../warehouse/session/describe.ts";
import { isLostConnection, problem, sqlstate } from "../warehouse/errors.ts";
import type { EmptyWarehouse, Session } from "../warehouse/empty/database.ts";
import { createExtension, extensionsFor, mayMissExtension } from "../warehouse/empty/extensions.ts";
import { planQueries } from "../warehouse/empty/plan_queries.ts";
import { qualified } from "../warehouse/names.ts";
import { loadParser } from "../sql/parser.ts";
import { needsExtension } from "./codes.ts";
import { gaveNoAnswer, isEndless, isTimeUp, noAnswer, notPlanned } from "./endless.ts";
import type { Unit } from "./units.ts";

/** A SELECT and the table that is to be made of it. */
export interface Select {
  readonly unit: Unit;
  readonly query: Code;
  readonly output: TableOutput;
  /** Whether there is an empty table like the output, to compare with. */
  readonly comparable: boolean;
}

interface Refused {
  readonly select: Select;
  readonly error: unknown;
}

const BATCH = 100;

/** What is wrong with the SELECTs. `known`: relations of the project, for a hint at what was meant. */
export async function planSelects(
  warehouse: Pick<EmptyWarehouse, "session">,
  sessions: readonly Session[],
  selects: readonly Select[],
  known: () => Iterable<string>,
): Promise<readonly Diagnostic[]> {
  await loadParser();
  const found: Diagnostic[] = [];
  const endless = selects.filter(({ query }) => isEndless(query));
  found.push(...endless.map(({ unit, query }) => notPlanned(unit.transform.id, query)));
  const plannable = endless.length === 0 ? selects : selects.filter((select) => !endless.includes(select));
  const refused = await overAll(warehouse, sessions, plannable, found);
  const lacking = refused.filter(({ error }) => mayMissExtension(error));
  const again = await withExtensions(sessions[0]!, lacking, found);
  const still = await overAll(warehouse, sessions, again, found);
  const retried = new Set(again);
  for (const { select, error } of [...refused.filter(({ select }) => !retried.has(select)), ...still]) {
    found.push(explained(select, error, known));
  }
  return found;
}

/** Plans them on all sessions, many at once, and gives those that were refused. */
async function overAll(
  warehouse: Pick<EmptyWarehouse, "session">,
  sessions: readonly Session[],
  selects: readonly Select[],
  found: Diagnostic[],
): Promise<readonly Refused[]> {
  const refused: Refused[] = [];
  const queue = batches(selects);
  await Promise.all(
    sessions.map(async (first) => {
      let session = first;
      for (let next = queue.shift(); next; next = queue.shift()) {
        for (let rest = next; rest.length > 0;) {
          const { done, error } = await planned(session, rest, found);
          if (error === undefined) break;
          if (isLostConnection(error)) session = await warehouse.session();
          // The time limit is one for all of a batch: who was on when it was up gets all of it to themselves.
          const isToBlame = done === 0 || !isTimeUp(error);
          if (isToBlame) refused.push({ select: rest[done]!, error });
          rest = rest.slice(isToBlame ? done + 1 : done);
        }
      }
    }),
  );
  return refused;
}

/** Settings hold for a batch, so one has the same throughout. */
function batches(selects: readonly Select[]): Select[][] {
  const bySettings = new Map<string, Select[]>();
  for (const select of selects) {
    const key = JSON.stringify(select.unit.transform.settings);
    const alike = bySettings.get(key);
    if (alike) alike.push(select);
    else bySettings.set(key, [select]);
  }
  return [...bySettings.values()].flatMap((alike) =>
    Array.from({ length: Math.ceil(alike.length / BATCH) }, (_, n) => alike.slice(n * BATCH, (n + 1) * BATCH)),
  );
}

/** How many of the batch were planned, and the error of the one behind them, if any. */
async function planned(
  session: Session,
  selects: readonly Select[],
  found: Diagnostic[],
): Promise<{ readonly done: number; readonly error?: unknown }> {
  const settings = selects[0]!.unit.transform.settings;
  const texts = selects.flatMap(({ comparable, output, query }) => [
    comparable ? `SELECT * FROM ${qualified(output)}` : "SELECT",
    query.text,
  ]);
  const { columns, failure } = await session
    .guarded(() => planQueries(session.client, settings, texts))
    .catch((error: unknown) => ({ columns: [], failure: error }));
  const done = Math.floor(columns.length / 2);
  for (let n = 0; n < done; n++) {
    const select = selects[n]!;
    if (select.comparable && !same(columns[2 * n]!, columns[2 * n + 1]!)) {
      found.push(...(await differences(session, select, columns[2 * n + 1]!)));
    }
  }
  return failure === undefined ? { done } : { done, error: failure };
}

/** The same columns in whatever order. What differs is put into words by the same code as in a run. */
function same(declared: readonly DescribedColumn[], given: readonly DescribedColumn[]): boolean {
  if (declared.length !== given.length) return false;
  const types = new Map(declared.map(({ name, typeOid, typmod }) => [name, `${typeOid} ${typmod}`]));
  return types.size === given.length && given.every((one) => types.get(one.name) === `${one.typeOid} ${one.typmod}`);
}

async function differences(
  session: Session,
  { unit, query, output }: Select,
  given: readonly DescribedColumn[],
): Promise<readonly Diagnostic[]> {
  const span = { file: query.file, start: { line: query.line, column: query.column } };
  const options = { giver: query.file, span, mayLack: isFilledIn };
  const problems = await columnProblems(session.client, output, given, options);
  return problems.map((one) => ({ ...one, transform: unit.transform.id }));
}

/** Creates the extensions that would help, warns of them, and gives the SELECTs that they help. */
async function withExtensions(
  { client }: Session,
  lacking: readonly Refused[],
  found: Diagnostic[],
): Promise<readonly Select[]> {
  // What is missing is in the message; one SELECT stands for all that miss the same.
  const samples = new Map(lacking.map(({ select, error }) => [String((error as Error).message), select]));
  const probes = new Map(
    [...samples].map(([message, { query }]) => [message, { text: `EXPLAIN ${query.text}` }] as const),
  );
  const extensions = await extensionsFor(client, [...probes.values()]);
  for (const name of new Set(extensions.values())) await batch(client, [createExtension(name)]);
  return lacking.flatMap(({ select, error }) => {
    const extension = extensions.get(probes.get(String((error as Error).message))!);
    if (extension === undefined) return [];
    const { span } = problem(error, { code: select.query });
    found.push(
      needsExtension({
        message: `${select.unit.transform.id} needs the extension ${extension}, which nothing in the project creates`,
        ...(span && { span }),
        hint: `Say "CREATE EXTENSION IF NOT EXISTS ${extension}" in a transform of kind sql, or see that the warehouse has it.`,
        transform: select.unit.transform.id,
      }),
    );
    return [select];
  });
}

function explained({ unit, query, output }: Select, error: unknown, known: () => Iterable<string>): Diagnostic {
  if (gaveNoAnswer(error)) return noAnswer(unit.transform.id, query);
  const told = { ...problem(error, { code: query, table: tableText(output) }), transform: unit.transform.id };
  const missing = sqlstate(error) === "42P01" ? /relation "([^"]+)"/.exec(told.message)?.[1] : undefined;
  const near = missing === undefined ? undefined : nearest(missing, known());
  return near === undefined ? told : { ...told, hint: `Did you mean ${near}?` };
}
