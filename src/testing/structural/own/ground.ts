/**
 * A database of its own in which transforms are tried by all of a run's steps, and committed: for Python, documents, files and
 * statements outside of a transaction. It is emptied before each try, and reset before each transform, instead of being made anew.
 */
import type { PlannedTransform } from "../../../plan/types.ts";
import { batch, BatchError, type Statement } from "../../../warehouse/session/batch.ts";
import type { Session } from "../../../warehouse/empty/database.ts";
import { databaseError, isLostConnection, sqlstate } from "../../../warehouse/errors.ts";
import type { RowCounts } from "../../../warehouse/outcome.ts";
import type { TestDatabase, Testbed } from "../../../warehouse/testbed/databases.ts";
import { emptied } from "../../../warehouse/testbed/emptied.ts";
import { type Reset, resetTo } from "../../../warehouse/testbed/reset.ts";
import type { ClosedSchemas, PythonCaller, Work } from "../../../warehouse/work.ts";
import { writeFiles } from "../../given/files.ts";
import { carryOutAll } from "../../run/own_run.ts";
import type { TestCase } from "../../types.ts";
import { RowsRefused } from "../trying/outcome.ts";

interface Around {
  readonly root: string;
  readonly env: Work["env"];
  readonly signal: AbortSignal;
}

interface Held {
  readonly database: TestDatabase;
  readonly session: Session;
  readonly reset: Reset | undefined;
}

interface Running {
  readonly planned: PlannedTransform;
  /** What the transform is given beside tables. */
  readonly test: TestCase;
  readonly python: PythonCaller;
  readonly signal?: AbortSignal;
}

/** A lifetime, hence a class: `leave` drops the database; the next use makes another. */
export class Ground {
  private readonly testbed: Testbed;
  private readonly around: Around;
  private held: Promise<Held> | undefined;
  private closed: ClosedSchemas = {};
  private runs = 0;

  constructor(testbed: Testbed, around: Around) {
    this.testbed = testbed;
    this.around = around;
  }

  async session(): Promise<Session> {
    return (await this.hold()).session;
  }

  async another(): Promise<Session> {
    return (await this.hold()).database.session();
  }

  /** All tables empty but for these rows. @throws RowsRefused */
  async begin(inserts: readonly Statement[]): Promise<void> {
    const { client } = await this.session();
    const before = [{ text: "BEGIN" }, emptied];
    try {
      await batch(client, [...before, ...inserts, { text: "COMMIT" }]);
    } catch (error) {
      await batch(client, [{ text: "ROLLBACK" }]).catch(() => {});
      const isTheirs = error instanceof BatchError && error.index >= before.length;
      throw isTheirs && databaseError(error) ? new RowsRefused(sqlstate(error)) : error;
    }
  }

  /** One run. @throws what a run would throw */
  async run({ planned, test, python, signal = this.around.signal }: Running): Promise<RowCounts> {
    const { database, session } = await this.hold();
    const files = writeFiles(test);
    try {
      const run = {
        ...this.around,
        signal,
        database,
        test,
        planned: [planned],
        python,
        clock: undefined,
        number: this.runs++,
        closed: this.closed,
      };
      return (await carryOutAll(run, session, files)).counts;
    } catch (error) {
      // What it had built may still be there.
      this.closed = {};
      if (isLostConnection(error) || signal.aborted) await this.leave();
      throw error;
    } finally {
      files.remove();
    }
  }

  async leave(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    this.closed = {};
    await held?.then(
      ({ database }) => database.leave(),
      () => {},
    );
  }

  /** For another transform: nothing is left of what this one has made or altered. */
  async reset(): Promise<void> {
    const held = await this.held;
    if (!held) return;
    const { database, reset } = held;
    await database.rest();
    const session = await database.session();
    if (!(await reset?.again(session.client).catch(() => false))) return this.leave();
    this.held = Promise.resolve({ ...held, session });
    this.closed = {};
  }

  private hold(): Promise<Held> {
    return (this.held ??= (async () => {
      const database = await this.testbed.own();
      const session = await database.session();
      return { database, session, reset: await resetTo(session.client) };
    })());
  }
}
