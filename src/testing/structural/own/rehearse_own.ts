/** A try by all of a run's steps, in a database of its own. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Action, PlannedTransform, WriteFile } from "../../../plan/types.ts";
import type { Output, TableOutput, Transform, ViewOutput } from "../../../project/types.ts";
import type { Statement } from "../../../warehouse/session/batch.ts";
import { isFilledIn } from "../../../warehouse/build/table.ts";
import { tableForView } from "../../../warehouse/testbed/given.ts";
import type { RowCounts } from "../../../warehouse/outcome.ts";
import type { PythonCaller } from "../../../warehouse/work.ts";
import { pseudoTest } from "../../service/pseudo_test.ts";
import { workFor } from "../../run/work.ts";
import { type Outcome, type OutputRows, type Rehearse, TookTooLong } from "../trying/outcome.ts";
import { CANCELLED } from "../trying/refused.ts";
import { rowsIn } from "../trying/rehearse_action.ts";
import type { Ground } from "./ground.ts";
import { refusalInOwn } from "./refusal.ts";
import type { FilesOf } from "./source_files.ts";

/** As long as a session may be silent; and where only a moment is to be waited. */
const LONGEST_MS = 30_000;
const BRIEFLY_MS = 5_000;

interface Tried {
  readonly ground: Ground;
  readonly transform: Transform;
  readonly planned: PlannedTransform;
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly python: PythonCaller;
  /** Inputs that are views: tables stand in for them. */
  readonly views: readonly ViewOutput[];
  /** The files of its sources, where it reads any. */
  readonly files?: FilesOf;
}

export function rehearseInOwn(tried: Tried): Rehearse {
  const { ground, planned, views } = tried;
  const { action } = planned;
  const before: readonly Statement[] = views.map(tableForView);
  const run = action.type === "write_file" ? fileRun(tried, action) : tableRun(tried);
  return async ({ inserts, twice, isBrief, isEmpty }) => {
    await ground.begin([...before, ...inserts]);
    const limit = AbortSignal.timeout(isBrief ? BRIEFLY_MS : LONGEST_MS);
    const signal = AbortSignal.any([tried.signal, limit]);
    try {
      const first = await run(signal, isEmpty);
      if (!twice) return first;
      const second = await run(signal, isEmpty);
      return { ...first, again: second.outputs ?? [], changes: changesOf(action, second.counts) };
    } catch (error) {
      if (limit.aborted && !isBrief) throw new TookTooLong();
      if (limit.aborted) return { refused: { diagnostics: [], by: "query", state: CANCELLED } };
      const refused = refusalInOwn(error, planned);
      // Half of the statements may have been run.
      if (action.type === "run_statements") await ground.leave();
      return { refused };
    }
  };
}

type Run = (signal: AbortSignal, isEmpty: boolean) => Promise<Outcome>;

function tableRun({ ground, transform, planned, python, files }: Tried): Run {
  const outputs = outputsOf(planned.action);
  const filled = filledBeside(planned.action);
  return async (signal, isEmpty) => {
    const given = files?.(isEmpty) ?? [];
    const test = pseudoTest(transform, { vars: {}, given: [], files: given, monitors: false });
    const counts = await ground.run({ planned, test, python, signal });
    const session = await ground.session();
    const found: OutputRows[] = [];
    for (const output of outputs) {
      const own = output.columns.filter((column) => !isFilledIn(column) && !filled.has(column.name));
      const names = own.map(({ name }) => name);
      found.push(await rowsIn(session, output, names));
    }
    return { outputs: found, counts };
  };
}

/** Its rows as lines of JSON, whatever the format: as many columns as the function gives them. */
function fileRun({ ground, planned, python, root, env, signal: whole }: Tried, action: WriteFile): Run {
  const { call, output } = action;
  return async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), "ctf-test-"));
    const path = join(folder, "rows.jsonl");
    try {
      const session = await ground.session();
      const work = workFor({
        client: session.client,
        planned,
        root,
        env,
        signal: AbortSignal.any([signal, whole]),
        another: async () => (await ground.another()).client,
        python,
      });
      const { rows } = await session.guarded(() => python.file(work, call, { ...output, format: "json_lines" }, path));
      const lines = readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "");
      const columns = [{ name: "row", isFloat: false }];
      return { outputs: [{ table: output.path, columns, rows: lines.map((line) => [line]) }], counts: { rows } };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

function outputsOf(action: Action): readonly (TableOutput | ViewOutput)[] {
  const outputs: readonly Output[] = "outputs" in action ? action.outputs : [action.output];
  return outputs.filter((output) => output.type === "table" || output.type === "view");
}

/** The time of the run is another one each time. */
function filledBeside(action: Action): ReadonlySet<string> {
  if (!("rows" in action) || action.rows.type !== "documents") return new Set();
  const timed = action.rows.columns.filter(({ from }) => from.type === "leaf" && from.part === "processed_on");
  return new Set(timed.map(({ name }) => name));
}

/** What an upsert counts; what is appended a second time are rows that were there. */
const changesOf = (action: Action, counts: RowCounts = {}): RowCounts =>
  action.type === "append_rows" ? { inserted: counts.rows ?? 0 } : counts;
