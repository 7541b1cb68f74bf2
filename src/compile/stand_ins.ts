/** Empty tables for all that is declared: made as PostgreSQL lets them, with what it refuses told by its place in the YAML. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { tableText, type TableOutput } from "../project/types.ts";
import { batch, rowsOf } from "../warehouse/session/batch.ts";
import { problem } from "../warehouse/errors.ts";
import { attempt, guarded, type Attempt, type Failure } from "../warehouse/empty/attempts.ts";
import type { Session } from "../warehouse/empty/database.ts";
import { createExtension, extensionsFor, mayMissExtension } from "../warehouse/empty/extensions.ts";
import { planQueries } from "../warehouse/empty/plan_queries.ts";
import { relationExists } from "../warehouse/empty/session.ts";
import {
  checkQuery,
  createSchema,
  emptyTable,
  foreignKeyParts,
  keyParts,
  ownParts,
  referredKey,
  tableWithoutFiles,
  type Part,
} from "../warehouse/empty/tables.ts";
import { needsExtension, typeElsewhere, unknownType } from "./codes.ts";
import type { Places } from "./places.ts";
import type { Relation, Unit } from "./units.ts";
import { partitionColumn } from "./without_files.ts";

/** Enough to keep the server busy, few enough that one refusal does not make much of them again. */
const BATCH = 100;

interface StandInPart extends Part {
  readonly relation: Relation;
  /** Without it there is no table. */
  readonly essential: boolean;
}

type Group = readonly StandInPart[];

interface Refusal {
  readonly group: Group;
  readonly part: StandInPart;
  readonly error: unknown;
}

/** The parts of a stand-in. `whole`: with what only its own definition is about. `partitionedBy`: a table without files. */
function partsOf(relation: Relation, whole: boolean, partitionedBy?: string): Group {
  const { declared, columns } = relation;
  const statement =
    partitionedBy === undefined ? emptyTable(declared, columns) : tableWithoutFiles(declared, columns, partitionedBy);
  const table: StandInPart = { relation, path: [], statement, essential: true };
  if (!isTable(declared)) return [table];
  const more = [...keyParts(declared), ...(whole ? ownParts(declared) : [])];
  return [table, ...more.map((part) => ({ ...part, relation, essential: false }))];
}

const isTable = (declared: Relation["declared"]): declared is TableOutput => "indexes" in declared;

export interface StandIns {
  /** Tries again what was refused: statements may have made what it needs. */
  again(): Promise<void>;
  /** Makes this relation as it is declared, where nothing is there. Gives whether it did. */
  add(relation: Relation): Promise<boolean>;
  /** When all that could help is there: foreign keys, extensions, and what is still refused. */
  finish(): Promise<readonly Diagnostic[]>;
  /** Relations that are not there, so that nothing can be said about their readers. */
  readonly missing: ReadonlySet<Relation>;
  /** Extensions that were created because something needs them. */
  readonly extensions: ReadonlySet<string>;
}

/**
 * Makes the schemas and tables, over all sessions; `whole` units are those to be compiled themselves, `planned` the
 * relations that nobody but the planner looks at.
 */
export async function makeStandIns(
  sessions: readonly Session[],
  relations: readonly Relation[],
  schemas: ReadonlySet<string>,
  whole: ReadonlySet<Unit>,
  places: () => Promise<Places>,
  planned: ReadonlySet<Relation> = new Set(),
): Promise<StandIns> {
  const first = sessions[0]!;
  const missing = new Set<Relation>();
  const extensions = new Set<string>();
  let refused: Refusal[] = [];
  const isWhole = ({ maker }: Relation) => maker !== undefined && whole.has(maker);

  const make = async (session: Session, groups: readonly Group[]): Promise<void> => {
    const failures = await session.guarded(() =>
      attempt(
        session.client,
        groups.map((group) => group.map(asAttempt)),
      ),
    );
    for (const failure of failures) {
      const group = groups[failure.group]!;
      const refusal = refusalOf(group, failure);
      if (refusal.part.essential) missing.add(refusal.part.relation);
      refused.push(refusal);
    }
  };
  const retry = async (): Promise<void> => {
    const before = refused;
    refused = [];
    // A table that is refused for whatever reason is told of as it is declared.
    const groups = before.map(({ group, part: { relation, ...part } }) => {
      if (!part.essential) return [{ relation, ...part }];
      return planned.has(relation) ? partsOf(relation, isWhole(relation)) : group;
    });
    for (const { part } of before) if (part.essential) missing.delete(part.relation);
    await make(first, groups);
  };
  const create = async (names: Iterable<string>): Promise<void> => {
    for (const name of names) {
      await batch(first.client, [createExtension(name)]);
      extensions.add(name);
    }
  };

  await batch(first.client, [...schemas].map(createSchema));
  await create((await extensionsFor(first.client, await unknownTypes(first, relations))).values());
  const made = relations.filter(({ columns, maker }) => columns.length > 0 && !maker?.byStatements);
  for (const relation of relations)
    if (relation.columns.length === 0 && !relation.maker?.byStatements) missing.add(relation);
  const groups = made.map((relation) =>
    partsOf(relation, isWhole(relation), planned.has(relation) ? partitionColumn(relation) : undefined),
  );
  const queue = chunks(groups);
  await Promise.all(
    sessions.map(async (session) => {
      for (let next = queue.shift(); next; next = queue.shift()) await make(session, next);
    }),
  );
  if (refused.some(({ part }) => planned.has(part.relation))) await retry();

  return {
    missing,
    extensions,
    async again() {
      if (refused.length > 0) await retry();
    },
    async add(relation) {
      const { schema, name } = relation.declared;
      const [row] = await rowsOf(first.client, relationExists, [schema, name]);
      if (row?.["there"]) return false;
      if (relation.columns.length === 0) missing.add(relation);
      else await make(first, [partsOf(relation, false)]);
      return !missing.has(relation);
    },
    async finish() {
      const tables = made.filter((relation) => isWhole(relation) && !missing.has(relation));
      await make(
        first,
        tables.flatMap((relation) => foreignKeys(relation, relations, missing)),
      );
      if (refused.length === 0) return [];
      const place = await places();
      const lacking = refused.filter(({ error }) => mayMissExtension(error));
      const found = await extensionsFor(
        first.client,
        lacking.map(({ part }) => part.statement),
      );
      const warnings = lacking.flatMap(({ part }) => {
        const extension = found.get(part.statement);
        return extension === undefined ? [] : [extensionWarning(part, extension, place)];
      });
      await create(new Set(found.values()));
      if (found.size > 0) await retry();
      const errors: Diagnostic[] = [];
      for (const refusal of refused) errors.push(...(await diagnose(first, refusal, place)));
      return [...warnings, ...errors];
    },
  };
}

const asAttempt = ({ statement, essential }: StandInPart): Attempt => ({ statement, essential });
const refusalOf = (group: Group, { attempt: n, error }: Failure): Refusal => ({ group, part: group[n]!, error });

function chunks(groups: readonly Group[]): Group[][] {
  const all: Group[][] = [];
  for (let from = 0; from < groups.length; from += BATCH) all.push(groups.slice(from, from + BATCH));
  return all;
}

/** One statement for each declared type that the server does not know. */
async function unknownTypes({ client }: Session, relations: readonly Relation[]) {
  const types = [...new Set(relations.flatMap(({ columns }) => columns.map(({ type }) => type)))];
  const statements = types.map((type) => ({ text: `SELECT NULL::${type}` }));
  const failures = await attempt(
    client,
    statements.map((statement) => [{ statement, essential: true }]),
  );
  return failures.map(({ group }) => statements[group]!);
}

/** A table's foreign keys, and on sources the keys that these need. */
function foreignKeys(
  { declared, ...relation }: Relation,
  relations: readonly Relation[],
  missing: ReadonlySet<Relation>,
): readonly Group[] {
  if (!isTable(declared) || declared.foreignKeys.length === 0) return [];
  return foreignKeyParts(declared).flatMap((part): readonly Group[] => {
    const { references } = declared.foreignKeys[part.path[1] as number]!;
    const target = relations.find(({ text }) => text === tableText(references));
    // One that the project does not know has been told of.
    if (!target || missing.has(target)) return [];
    const own = { ...part, relation: { ...relation, declared }, essential: false };
    if (target.maker) return [[own]];
    return [[{ ...own, statement: referredKey(references, references.columns) }, own]];
  });
}

const extensionWarning = ({ relation, path }: StandInPart, extension: string, place: Places): Diagnostic =>
  needsExtension({
    message: `${relation.text} needs the extension ${extension}, which nothing in the project creates`,
    span: place(relation, path),
    hint: `Say "CREATE EXTENSION IF NOT EXISTS ${extension}" in a transform of kind sql, or see that the warehouse has it.`,
    ...(relation.maker && { transform: relation.maker.transform.id }),
  });

/** CTF does not build it: a type with a schema may be the warehouse's own, while a plain name is PostgreSQL's or a slip. */
const isElsewhere = ({ maker }: Relation): boolean => maker === undefined || maker.transform.madeElsewhere === true;

/** What a refusal means for the author. A table is made column by column, to find the one that it is about. */
async function diagnose(session: Session, { part, error }: Refusal, place: Places): Promise<readonly Diagnostic[]> {
  const { relation, path, essential } = part;
  const id = relation.maker && { transform: relation.maker.transform.id };
  const tell = (at: Part["path"], what: unknown): Diagnostic => ({
    ...problem(what, { table: relation.text, span: place(relation, at) }),
    ...id,
  });
  const { client } = session;
  if (!essential) {
    // PostgreSQL says less of a constraint that it refuses than of a query with the same expression.
    const check = path[0] === "constraints" && (relation.declared as TableOutput).constraints[path[1] as number];
    const more = check && (await planQueries(client, {}, [checkQuery(relation.declared, check.check)])).failure;
    return [tell(path, more || error)];
  }
  const found: Diagnostic[] = [];
  await batch(client, [{ text: "BEGIN" }]);
  for (const [i, column] of relation.columns.entries()) {
    const refusal = await guarded(client, emptyTable(relation.declared, [column]));
    if (refusal === undefined) {
      await batch(client, [{ text: "ROLLBACK" }, { text: "BEGIN" }]);
    } else if ((await guarded(client, { text: `SELECT NULL::${column.type}` })) === undefined) {
      found.push(tell(["columns", i, "default"], refusal));
    } else if (isElsewhere(relation) && column.type.includes(".")) {
      found.push(
        typeElsewhere({
          message: `nothing in the project makes the type ${column.type} (${relation.text}.${column.name}), so what reads ${relation.text} is not compiled`,
          span: place(relation, ["columns", i, "type"]),
          hint: "Nothing has to be done if the warehouse has it.",
          ...id,
        }),
      );
    } else {
      found.push(
        unknownType({
          message: `PostgreSQL knows no type ${column.type} (${relation.text}.${column.name})`,
          span: place(relation, ["columns", i, "type"]),
          hint: "Check the spelling. A type of an extension or of your own has to be made by a transform of kind sql.",
          ...id,
        }),
      );
    }
  }
  await batch(client, [{ text: "ROLLBACK" }]);
  return found.length > 0 ? found : [tell([], error)];
}
