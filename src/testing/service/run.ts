/** One transform, run as production would, in the database of a test. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { plannedRows } from "../../kinds/planned_rows.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import { type FileSource, tableText, type Transform, type Variable } from "../../project/types.ts";
import { suggestion } from "../../project/suggestion.ts";
import { exampleOf, fitsVariable } from "../../project/variables.ts";
import { batch, type Statement } from "../../warehouse/session/batch.ts";
import { literal } from "../../warehouse/names.ts";
import type { RowCounts } from "../../warehouse/outcome.ts";
import { rehearsalSchema } from "../../warehouse/testbed/rehearse.ts";
import { settleBuilt } from "../../warehouse/testbed/settle.ts";
import { tableRows } from "../../warehouse/testbed/query.ts";
import type { PythonCaller } from "../../warehouse/work.ts";
import type { Said } from "../../worker/call/said.ts";
import { type Clock, clockOf } from "../run/clock.ts";
import { badTestValue, impossibleTest, testFailed, unknownInTest } from "../codes.ts";
import { relationOf } from "../judge/file_output.ts";
import { frozenDefaultStatements, frozenDefinitions, frozenTransform } from "../run/frozen.ts";
import { writeFiles } from "../given/files.ts";
import { countFromOne, relationsOf } from "../given/rows.ts";
import { inWords } from "../judge/judge.ts";
import { rehearseTransform } from "../run/rehearsal.ts";
import { canBeRehearsed, LONGEST_MS, missingVariables } from "../run/test_worker.ts";
import type { TestCase } from "../types.ts";
import { noPython, workFor } from "../run/work.ts";
import type { HeldDatabase } from "./held_database.ts";
import type { OpenedProject } from "./opened_project.ts";
import { instant } from "./pieces.ts";
import type { RowsTold, RunRequest, RunTold } from "./protocol.ts";
import { pseudoTest } from "./pseudo_test.ts";

export interface Running {
  readonly opened: OpenedProject;
  readonly held: HeldDatabase;
  readonly signal: AbortSignal;
  /** Hears what may still read the real clock, and what a python transform prints. */
  readonly say: (text: string) => void;
}

interface Prepared extends Running {
  readonly test: TestCase;
  readonly planned: PlannedTransform;
  readonly clock: Clock | undefined;
  readonly variables: Readonly<Record<string, string>>;
}

/** @throws DiagnosticError with what a run would say */
export async function run(running: Running, request: RunRequest): Promise<RunTold> {
  const { opened, held, say } = running;
  const transform = opened.transform(request.transform);
  if (transform.madeElsewhere) refuse(transform, `${transform.id} makes nothing itself, so there is nothing to run`);
  opened.refuseUnmade(transform);
  const now = request.now === undefined ? undefined : instant(request.now);
  const test = pseudoTest(transform, {
    ...(now !== undefined && { now }),
    vars: checkedVariables(opened.project.variables, request.variables),
    given: [...held.given.values()],
    files: [...held.files.values()].flat(),
    without: opened.project.sources.filter(
      (source): source is FileSource => source.type === "file" && held.files.get(source.sourceName)?.length === 0,
    ),
    monitors: request.monitors,
  });
  const planned = await opened.plan(transform);
  const missing = missingVariables(opened.project, test, [planned]);
  if (missing.length > 0) throw new DiagnosticError(missing);
  const prepared: Prepared = {
    ...running,
    test,
    planned,
    clock: clockOf(opened.project, test, opened.tables.makers, ({ message }) => say(message)),
    variables: Object.fromEntries(
      opened.project.variables.map((one) => [one.name, test.vars[one.name] ?? one.default ?? exampleOf(one)]),
    ),
  };
  const counts = await (held.own ? inOwn(prepared) : rehearsed(prepared))
    .catch((error: unknown) => {
      throw new DiagnosticError(inWords(error, planned));
    })
    .finally(() => (planned.action.type === "run_statements" ? held.touch() : undefined));
  return { transform: transform.id, counts: { ...counts }, ...(await outputsOf(prepared, transform)) };
}

/** In the test's one transaction, which goes on. */
async function rehearsed({ opened, held, signal, test, planned, clock, variables }: Prepared): Promise<RowCounts> {
  if (!canBeRehearsed(test, planned)) {
    const message = `${planned.id} can't be run in a transaction that is rolled back: ${WHY[planned.kind] ?? "it needs several sessions"}`;
    const hint = 'Mark the test with @pytest.mark.ctf_database("clone"): it gets a database of its own.';
    throw new DiagnosticError([impossibleTest({ message, span: { file: planned.file }, hint })]);
  }
  const frozen = await frozenTransform(planned, clock);
  const relations = relationsOf(test);
  const uncounted = relations.filter((relation) => !held.counted.has(relation));
  const settings = { ...planned.settings, ...asSettings(variables) };
  return held.step(async () => {
    const kept = await keptSettings(held, Object.keys(planned.settings));
    await batch(held.client, [
      ...set(settings, true),
      ...(await frozenDefinitions(clock)),
      ...(await frozenDefaultStatements(relations, clock)),
      ...countFromOne(uncounted),
      rehearsalSchema,
    ]);
    const work = workFor({
      client: held.client,
      planned: test.expectError ? frozen : { ...frozen, monitors: [] },
      root: opened.project.root,
      env: opened.env,
      signal,
      another: () => Promise.reject(new Error("a rehearsal has one session")),
      python: noPython,
    });
    const { counts, built } = await rehearseTransform(work, test, held.memory, clock);
    if (built && "output" in planned.action && planned.action.output.type === "table") {
      await settleBuilt(held.client, built, planned.action.output);
    }
    for (const relation of uncounted) held.counted.add(relation);
    await batch(held.client, kept);
    return counts;
  });
}

const WHY: Readonly<Record<string, string>> = {
  python: "Python reads its inputs in sessions of their own",
  load: "files are loaded in sessions of their own",
  flatten: "documents are read in sessions of their own",
  sql: "its statements run outside of a transaction",
};

/** By all of production's steps, committed. */
async function inOwn(prepared: Prepared): Promise<RowCounts> {
  const { opened, held, test, planned, clock, variables } = prepared;
  const { database } = held.own!;
  const limit = AbortSignal.timeout(LONGEST_MS);
  const signal = AbortSignal.any([prepared.signal, limit]);
  const { root } = opened.project;
  const { carryOutAll } = await import("../run/own_run.ts");
  await batch(held.client, [
    ...set(asSettings(variables), false),
    ...(await frozenDefinitions(clock)),
    ...(await frozenDefaultStatements(relationsOf(test), clock)),
  ]);
  const files = writeFiles(test);
  try {
    const python = await pythonFor(prepared);
    const own = {
      database,
      test,
      planned: [planned],
      root,
      env: opened.env,
      signal,
      python,
      clock,
      number: ++held.runs,
    };
    return (await carryOutAll(own, held.session, files)).counts;
  } catch (error) {
    if (!limit.aborted) throw error;
    const message = `${planned.id} took longer than ${LONGEST_MS / 1000} s and was ended`;
    throw new DiagnosticError([testFailed({ message, span: { file: planned.file } })]);
  } finally {
    files.remove();
  }
}

async function pythonFor({ opened, test, variables, say }: Prepared): Promise<PythonCaller> {
  const { pythonCaller } = await import("../../worker/call/caller.ts");
  const { now } = test;
  return pythonCaller({
    workers: await opened.workers.get(),
    variables,
    now: now === undefined ? new Date() : new Date(now),
    clockStandsStill: now !== undefined,
    // The words are about the test's own rows.
    hear: (_said: Said, words: string) => say(words),
  });
}

const asSettings = (variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [`ctf.${name}`, value]));

/** Without values, for those are prepared, and people's statements may say DEALLOCATE ALL. */
const set = (settings: Readonly<Record<string, string>>, locally: boolean): readonly Statement[] =>
  Object.entries(settings).map(([name, value]) => ({
    text: `SELECT pg_catalog.set_config(${literal(name)}, ${literal(value)}, ${locally})`,
  }));

/** The transform's own settings end with it, and not with the test. */
async function keptSettings({ client }: HeldDatabase, names: readonly string[]): Promise<readonly Statement[]> {
  if (names.length === 0) return [];
  const asked = names.map((name) => `pg_catalog.current_setting(${literal(name)}, true)`);
  const { rows } = await client.query<(string | null)[]>({ text: `SELECT ${asked.join(", ")}`, rowMode: "array" });
  return set(Object.fromEntries(names.map((name, n) => [name, rows[0]?.[n] ?? ""])), true);
}

async function outputsOf(
  { held, opened, planned }: Prepared,
  transform: Transform,
): Promise<Pick<RunTold, "outputs" | "rejects">> {
  const outputs: Record<string, RowsTold> = {};
  const read = () =>
    held.step(async () => {
      for (const output of transform.outputs) {
        const relation = relationOf(output);
        if (!relation) continue;
        const key = "primaryKey" in relation ? (relation.primaryKey?.columns ?? []) : [];
        outputs[output.type === "file" ? output.path : tableText(relation)] = await tableRows(
          held.client,
          relation,
          key,
        );
      }
      const rejects = held.own && plannedRows(transform, opened.project)?.rejects;
      return rejects && tableRows(held.client, rejects, []);
    });
  const rejects = await read().catch((error: unknown) => {
    throw new DiagnosticError(inWords(error, planned));
  });
  return { outputs, ...(rejects && { rejects }) };
}

function checkedVariables(
  variables: readonly Variable[],
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(given)) {
    const variable = variables.find((one) => one.name === name);
    if (!variable) {
      const { hint } = suggestion(
        name,
        variables.map((one) => one.name),
      );
      const message = `the project has no variable ${name}`;
      throw new DiagnosticError([unknownInTest({ message, ...(hint !== undefined && { hint }) })]);
    }
    if (fitsVariable(variable.type, value)) continue;
    const message = `the value of the variable ${name} is no ${variable.type}`;
    throw new DiagnosticError([badTestValue({ message, hint: `One would be ${exampleOf(variable)}.` })]);
  }
  return given;
}

function refuse({ file }: Transform, message: string): never {
  throw new DiagnosticError([impossibleTest({ message, span: { file } })]);
}
