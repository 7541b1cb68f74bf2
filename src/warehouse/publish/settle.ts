/** Brings an existing table that keeps its identity up to its declaration: indexes, constraints, comments and grants. */
import { defaultName } from "../../check/default_names.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { tableText, type Index, type TableOutput } from "../../project/types.ts";
import { rowsOf, type Statement } from "../session/batch.ts";
import { comment, constraintWords, grant, indexText } from "../build/table.ts";
import { checkFailed } from "../codes.ts";
import { identifier, qualified } from "../names.ts";
import { inPhase, runSteps, tableOrigin } from "../session/steps.ts";
import type { Work } from "../work.ts";
import { hastily, patiently } from "./patience.ts";
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
  const indexes = output.indexes
    .map((index) => ({ ...index, name: nameOf(output, index) }))
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
  const statements: readonly Statement[] = [
    ...checks.map(({ name }) => ({ text: `${table} VALIDATE CONSTRAINT ${identifier(name)}` })),
    ...indexes.map((index) => ({ text: indexText(output, index) })),
    ...comment(output, output),
    ...grant(output, output.grants),
  ];
  const made = [...indexes.map(({ name }) => name), ...checks.map(({ name }) => name)];
  await runSteps(work, [
    ...inPhase("constrain", statements, origin),
    ...(made.length ? [recordOutput(work, output, [...(await madeBefore(work, output)), ...made])] : []),
  ]);
}

/** PostgreSQL's own name for it: the keys' columns (`expr` for an expression), then the included ones. */
const nameOf = (output: TableOutput, { name, keys, include = [] }: Index): string =>
  name ?? defaultName(output.name, [...keys.map(({ column }) => column ?? "expr"), ...include], "idx");
