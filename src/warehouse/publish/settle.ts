/** Brings an existing table that keeps its identity up to its declaration: indexes, constraints, comments and grants. */
import { defaultName } from "../../check/default_names.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { tableText, type Index, type TableOutput } from "../../project/types.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { comment, constraintWords, grant, indexText } from "../build/table.ts";
import { checkFailed } from "../build/codes.ts";
import { identifier, qualified } from "../names.ts";
import { describe } from "../session/describe.ts";
import { inPhase, runSteps, tableOrigin } from "../session/steps.ts";
import type { Work } from "../work.ts";
import { hastily, lockTimeout, patiently } from "./patience.ts";
import { madeBefore, recordOutput } from "./record.ts";

async function namesOn(work: Work, output: TableOutput): Promise<ReadonlySet<string>> {
  const rows = await rowsOf(
    work.client,
    `SELECT c.relname AS name FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = pg_catalog.to_regclass($1)
     UNION SELECT k.conname FROM pg_catalog.pg_constraint k WHERE k.conrelid = pg_catalog.to_regclass($1)`,
    [qualified(output)],
  );
  return new Set(rows.map((row) => row["name"] as string));
}

/** Checks that are new in the definition, against the rows as they will be: before anything is published. */
export async function newCheckProblems(work: Work, output: TableOutput): Promise<readonly Diagnostic[]> {
  if (output.constraints.length === 0) return [];
  const there = await namesOn(work, output);
  const problems: Diagnostic[] = [];
  for (const { name, check } of output.constraints) {
    if (there.has(name)) continue;
    const text = `SELECT EXISTS (SELECT FROM ${qualified(output)} WHERE NOT (${check})) AS broken`;
    const [result] = await runSteps(work, inPhase("constrain", [{ text }], tableOrigin(output, work.span)));
    if (!result?.rows[0]?.["broken"]) continue;
    const message = `${tableText(output)}: rows break the constraint ${constraintWords(output, name)}`;
    problems.push(checkFailed({ message, span: work.span }));
  }
  return problems;
}

/** Indexes and checks that the table lacks by name, and the words and grants, which cost nothing to say again. */
export async function settle(work: Work, output: TableOutput): Promise<void> {
  const there = await namesOn(work, output);
  const expressions = await expressionNames(work, output);
  const indexes = output.indexes
    .map((index) => ({ ...index, name: nameOf(output, index, expressions) }))
    .filter(({ name }) => !there.has(name));
  const checks = output.constraints.filter(({ name }) => !there.has(name));
  const table = `ALTER TABLE ${qualified(output)}`;
  const origin = tableOrigin(output, work.span);
  if (checks.length > 0) {
    // The one thing here that readers would wait for: so it takes a moment only, and the rows are looked at afterwards.
    const add = checks.map(({ name, check }) => `ADD CONSTRAINT ${identifier(name)} CHECK (${check}) NOT VALID`);
    const alter = hastily([{ text: `${table} ${add.join(", ")}` }]);
    await patiently(work, output, "access exclusive", () =>
      runSteps(work, inPhase("constrain", [{ text: "BEGIN" }, ...alter, { text: "COMMIT" }], origin)),
    );
  }
  // Whoever writes at the moment is waited for, but not for ever.
  const begin: readonly Statement[] = [{ text: "BEGIN" }, lockTimeout("'1000'")];
  const statements: readonly Statement[] = [
    ...checks.map(({ name }) => ({ text: `${table} VALIDATE CONSTRAINT ${identifier(name)}` })),
    ...indexes.map((index) => ({ text: indexText(output, index) })),
    ...comment(output, output),
    ...grant(output, output.grants),
  ];
  const before = await madeBefore(work, output);
  const made = [...indexes.map(({ name }) => name), ...checks.map(({ name }) => name)];
  const recorded = made.length > 0 ? [recordOutput(work, output, { ...before, made: [...before.made, ...made] })] : [];
  if (statements.length === 0) return;
  await patiently(work, output, "share row exclusive", () =>
    runSteps(work, [...begin, ...inPhase("constrain", statements, origin), ...recorded, { text: "COMMIT" }]),
  );
}

/** PostgreSQL's own name for it: the keys' columns (an expression's own name, such as its function's), then the included ones. */
function nameOf(output: TableOutput, index: Index, expressions: ReadonlyMap<string, string>): string {
  if (index.name) return index.name;
  const keys = index.keys.map(({ column, expression = "" }) => column ?? expressions.get(expression) ?? "");
  const columns: string[] = [];
  for (const name of [...keys, ...(index.include ?? [])]) {
    let own = name;
    for (let n = 1; columns.includes(own); n += 1) own = `${name}${n}`;
    columns.push(own);
  }
  return defaultName(output.name, columns, "idx");
}

/** What PostgreSQL would call a column with that expression, it calls its part of an index; where it has no name for it, `expr`. */
async function expressionNames(work: Work, output: TableOutput): Promise<ReadonlyMap<string, string>> {
  const nameless = output.indexes.filter(({ name }) => name === undefined);
  const expressions = nameless.flatMap(({ keys }) => keys.flatMap(({ expression }) => expression ?? []));
  if (expressions.length === 0) return new Map();
  const asked = expressions.map((expression) => `(${expression})`).join(", ");
  const columns = await describe(work.client, `SELECT ${asked} FROM ${qualified(output)}`);
  return new Map(expressions.map((text, n) => [text, columns[n]!.name === "?column?" ? "expr" : columns[n]!.name]));
}
