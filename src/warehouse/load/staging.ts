/** The careful way for one batch: as texts into a staging table, from there the good rows into the typed one. */
import type { FileRecord } from "../../files/types.ts";
import type { Column, TableName } from "../../project/types.ts";
import { batch, rowsOf } from "../session/batch.ts";
import { qualified } from "../names.ts";
import type { Work } from "../work.ts";
import type { Classified } from "./classes.ts";
import { copyRecords, isDataFault } from "./copy.ts";
import * as sql from "./faults.ts";
import type { Target } from "./target.ts";
import { checkFault, keyFault, valueFault, type Fault } from "./words.ts";
import { databaseError, stateWords } from "../errors.ts";

/** How records of one shape are loaded. */
export interface Shape {
  readonly target: Target;
  readonly columns: readonly Column[];
  readonly classified: Classified;
  /** The keys are on the table already. */
  readonly keyed: boolean;
}

/** The table of texts, and who judges them. Made for one shape, dropped with `close`. */
export interface Stage {
  /** What is wrong with which of the records, by their place; `rows`: how many went into the table. */
  load(records: readonly FileRecord[]): Promise<Judged>;
  close(): Promise<void>;
}

interface Judged {
  readonly faults: ReadonlyMap<number, Fault>;
  readonly rows: number;
}

export async function openStage(work: Work, shape: Shape): Promise<Stage> {
  const { client } = work;
  const { target, columns } = shape;
  const staging: TableName = {
    schema: target.table.schema,
    name: target.table.name === "staging" ? "staged" : "staging",
  };
  const staged = { target, staging, columns, classified: shape.classified };
  const [version] = await rowsOf(client, "SELECT pg_catalog.current_setting('server_version_num')::int AS number");
  const major = Math.floor((version?.["number"] as number) / 10_000);
  await batch(client, [
    { text: sql.createStaging(staging, columns.length) },
    ...(major < 16 ? [{ text: sql.createFaultFunction(staged) }] : []),
    { text: sql.createOneByOne(staged) },
  ]);

  /** Texts that not even a text column takes, such as one that the database's encoding does not have: found by halving. */
  const stage = async (records: readonly Numbered[], faults: Map<number, Fault>): Promise<void> => {
    try {
      await inSavepoint(work, () =>
        copyRecords(client, `COPY ${qualified(staging)} (${sql.stagingColumns(columns.length)})`, records),
      );
    } catch (error) {
      if (!isDataFault(error)) throw error;
      const [only] = records;
      if (records.length === 1 && only) {
        const reason = databaseError(error)?.code ?? "";
        faults.set(only.n, { reason, message: stateWords(reason) });
        return;
      }
      const half = records.length >> 1;
      await stage(records.slice(0, half), faults);
      await stage(records.slice(half), faults);
    }
  };

  const judgeAndInsert = async (): Promise<Judged> => {
    const faults = new Map<number, Fault>();
    const bad = () => [...faults.keys()];
    for (const row of await rowsOf(client, sql.valueFaults(staged, major))) {
      const { name } = columns[row["column"] as number]!;
      faults.set(row["n"] as number, valueFault(target, name, row["reason"] as string));
    }
    const checks = sql.checkFaults(staged, bad());
    for (const row of checks ? await rowsOf(client, checks) : []) {
      const { name } = target.output.constraints[row["check"] as number]!;
      faults.set(row["n"] as number, checkFault(target, name));
    }
    for (const key of shape.keyed ? target.keys : []) {
      for (const row of await rowsOf(client, sql.keyFaults(staged, key, bad())))
        faults.set(row["n"] as number, keyFault(target, key));
    }
    const [inserted] = await batch(client, [{ text: sql.insertRows(staged, bad()) }]);
    return { faults, rows: inserted?.count ?? 0 };
  };

  const oneByOne = async (): Promise<Judged> => {
    const bad = await rowsOf(client, sql.runOneByOne(staging));
    const [all] = await rowsOf(client, `SELECT pg_catalog.count(*) AS count FROM ${qualified(staging)}`);
    const faults = new Map(bad.map((row) => [row["n"] as number, faultOfRow(shape, row)]));
    return { faults, rows: (all?.["count"] as number) - faults.size };
  };

  return {
    async load(records) {
      const unstaged = new Map<number, Fault>();
      await stage(
        records.map(({ values }, n) => ({ n, values: [String(n), ...values] })),
        unstaged,
      );
      const { faults, rows } = await inSavepoint(work, judgeAndInsert).catch((error: unknown) => {
        if (!isDataFault(error)) throw error;
        return oneByOne();
      });
      await batch(client, [{ text: `TRUNCATE ${qualified(staging)}` }]);
      return { faults: new Map([...unstaged, ...faults]), rows };
    },
    async close() {
      await batch(client, [{ text: `DROP TABLE ${qualified(staging)} CASCADE` }]);
    },
  };
}

interface Numbered {
  readonly n: number;
  readonly values: readonly (string | null)[];
}

function faultOfRow({ target, columns }: Shape, row: Readonly<Record<string, unknown>>): Fault {
  const reason = row["reason"] as string;
  const at = row["column"] as number | null;
  const named = target.output.columns.find(({ name }) => name === row["named"])?.name;
  const column = at === null ? named : columns[at]?.name;
  if (column !== undefined) return valueFault(target, column, reason);
  const constraint = target.output.constraints.find(({ name }) => name === row["constraint"]);
  if (constraint) return checkFault(target, constraint.name);
  const [key] = target.keys;
  return reason === "23505" && target.keys.length === 1 && key
    ? keyFault(target, key)
    : { reason, message: stateWords(reason) };
}

/** Runs it, and undoes it alone when it fails. */
export async function inSavepoint<T>(work: Work, run: () => Promise<T>): Promise<T> {
  work.signal.throwIfAborted();
  await batch(work.client, [{ text: "SAVEPOINT ctf_part" }]);
  try {
    const result = await run();
    await batch(work.client, [{ text: "RELEASE SAVEPOINT ctf_part" }]);
    return result;
  } catch (error) {
    if (isDataFault(error)) {
      await batch(work.client, [{ text: "ROLLBACK TO SAVEPOINT ctf_part" }, { text: "RELEASE SAVEPOINT ctf_part" }]);
    }
    throw error;
  }
}
