/** The columns that a SELECT gives, by PostgreSQL's own word, with what the inputs say of those passed on as they are. */
import type { Client } from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Code } from "../../project/types.ts";
import type { NotedColumn } from "../../project/write/columns.ts";
import { MARK } from "../../project/write/yaml_text.ts";
import { describe, type DescribedColumn, typeNames } from "../../warehouse/session/describe.ts";
import { findRelations } from "../../warehouse/introspect/relations.ts";
import { badColumns } from "./codes.ts";
import type { KnownTable } from "./known_tables.ts";
import { looksLikePhi, PHI_NOTE } from "./phi.ts";
import { sqlProblem } from "./sql_problem.ts";

export interface OutputColumns {
  readonly columns: readonly NotedColumn[];
  /** Columns that hold the whole primary key of an input; a guess at the output's own. */
  readonly keyGuess: readonly string[];
}

/** `inputs` are the tables of this database; their columns stand in the order of their declarations. */
export async function outputColumns(
  client: Client,
  select: Code,
  inputs: readonly KnownTable[],
): Promise<OutputColumns> {
  const described = await describe(client, select.text).catch((error: unknown) => {
    throw sqlProblem(error, select);
  });
  checkNames(described, select);
  await client.query("SET search_path = ''");
  const types = await typeNames(client, described);
  const relations = await findRelations(client, inputs);
  const byOid = new Map(
    relations.map(({ oid, schema, name }) => {
      return [oid, inputs.find((input) => input.schema === schema && input.name === name)];
    }),
  );
  const origins = described.map(({ origin }) => {
    const table = origin && byOid.get(origin.table);
    return { table, column: origin && table?.columns[origin.column - 1] };
  });
  const columns = described.map(({ name }, n) => noted(name, types[n]!, origins[n]?.column));
  const keyGuess = inputs.flatMap((input): (readonly string[])[] => {
    const names = input.primaryKey.map((key) => {
      const at = origins.findIndex(({ table, column }) => table === input && column?.name === key);
      return described[at]?.name;
    });
    return names.length > 0 && names.every((name) => name !== undefined) ? [names] : [];
  });
  return { columns, keyGuess: keyGuess[0] ?? [] };
}

/** A description is taken over with the name; a renamed column may mean something else, but its values stay private. */
function noted(name: string, type: string, origin: NotedColumn | undefined): NotedColumn {
  const description = origin?.name === name ? origin.description : undefined;
  const guessed = origin === undefined && looksLikePhi(name);
  const notes = [...(guessed ? [PHI_NOTE] : []), ...(description === undefined ? [`${MARK}: description`] : [])];
  return {
    name,
    type,
    ...(description === undefined ? {} : { description }),
    phi: origin?.phi ?? guessed,
    notNull: false,
    ...(notes.length > 0 ? { note: notes.join("; ") } : {}),
  };
}

function checkNames(columns: readonly DescribedColumn[], { file, line, column }: Code): void {
  const span = { file, start: { line, column } };
  const problems = columns.flatMap(({ name }, n) => {
    const hint = "Give it a name with AS.";
    if (name === "?column?") return [badColumns({ message: `column ${n + 1} of the SELECT has no name`, span, hint })];
    const first = columns.findIndex((other) => other.name === name);
    if (first === n) return [];
    return [
      badColumns({ message: `columns ${first + 1} and ${n + 1} of the SELECT are both called ${name}`, span, hint }),
    ];
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
}
