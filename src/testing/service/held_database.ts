/**
 * The database of one test of a person's own, from its opening to its end. Without `own` all that happens is one
 * transaction that is rolled back, each step of it behind a savepoint, so that a test can go on after an error that it
 * expects; with it, it is a copy for this test alone, and every step is committed.
 */
import type pg from "pg";
import { batch } from "../../warehouse/session/batch.ts";
import type { Session } from "../../warehouse/empty/database.ts";
import type { TestDatabase } from "../../warehouse/testbed/databases.ts";
import { forgetAll } from "../../warehouse/testbed/query.ts";
import { newMemory, type SessionMemory } from "../run/rehearsal.ts";
import type { GivenFile, GivenRelation, GivenTable } from "../types.ts";

export interface Own {
  readonly database: TestDatabase;
  readonly another: () => Promise<pg.Client>;
}

export class HeldDatabase {
  readonly session: Session;
  readonly own: Own | undefined;
  /** Rows that the test gave, by `schema.table`. */
  readonly given = new Map<string, GivenTable>();
  /** Files that the test gave, by source. */
  readonly files = new Map<string, readonly GivenFile[]>();
  /** Tables whose identity columns count from one. */
  readonly counted = new Set<GivenRelation>();
  /** How often something was run in it. */
  runs = 0;
  memory: SessionMemory = newMemory();
  /** A person's statements were run in its session. */
  isTouched = false;
  private readonly release: () => Promise<void>;

  constructor(session: Session, own: Own | undefined, release: () => Promise<void>) {
    this.session = session;
    this.own = own;
    this.release = release;
  }

  get client(): pg.Client {
    return this.session.client;
  }

  /** One step, done or not done. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    const { client, own } = this;
    await batch(client, [{ text: own ? "BEGIN" : "SAVEPOINT ctf_step" }]);
    try {
      const done = await this.session.guarded(work);
      await batch(client, [{ text: own ? "COMMIT" : "RELEASE ctf_step" }]);
      return done;
    } catch (error) {
      const undo = own ? ["ROLLBACK"] : ["ROLLBACK TO ctf_step", "RELEASE ctf_step"];
      for (const text of undo) await batch(client, [{ text }]).catch(() => {});
      throw error;
    }
  }

  /** People's statements may have changed anything: what is known of the session and its tables is forgotten. */
  async touch(): Promise<void> {
    this.isTouched = true;
    this.memory = newMemory();
    // A session that is gone is told of by whatever comes next.
    await forgetAll(this.client).catch(() => {});
  }

  /** Rolls back, or drops the copy. */
  end(): Promise<void> {
    return this.release();
  }
}
