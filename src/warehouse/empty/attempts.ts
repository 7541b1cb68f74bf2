/** Groups of statements that may fail one by one: all together first, and one after the other only where one failed. */
import type pg from "pg";
import { batch, BatchError, type Statement } from "../session/batch.ts";
import { isLostConnection } from "../errors.ts";

export interface Attempt {
  readonly statement: Statement;
  /** When it fails, the rest of its group is left out. */
  readonly essential: boolean;
}

export interface Failure {
  readonly group: number;
  readonly attempt: number;
  readonly error: unknown;
}

/**
 * Runs the groups, commits what succeeded and tells what did not. @throws what is no refusal of the server's
 */
export async function attempt(client: pg.Client, groups: readonly (readonly Attempt[])[]): Promise<readonly Failure[]> {
  try {
    await batch(
      client,
      groups.flatMap((group) => group.map(({ statement }) => statement)),
    );
    return [];
  } catch (error) {
    refusal(error);
  }
  const failures: Failure[] = [];
  await batch(client, [{ text: "BEGIN" }]);
  for (const [n, group] of groups.entries()) {
    for (const [i, { statement, essential }] of group.entries()) {
      const error = await guarded(client, statement);
      if (error === undefined) continue;
      failures.push({ group: n, attempt: i, error });
      if (essential) break;
    }
  }
  await batch(client, [{ text: "COMMIT" }]);
  return failures;
}

/** In a transaction: the statement, or its error with everything as it was before. @throws what is no refusal */
export async function guarded(client: pg.Client, statement: Statement): Promise<unknown> {
  try {
    await batch(client, [{ text: "SAVEPOINT ctf" }, statement, { text: "RELEASE SAVEPOINT ctf" }]);
    return undefined;
  } catch (error) {
    refusal(error);
    await batch(client, [{ text: "ROLLBACK TO SAVEPOINT ctf" }, { text: "RELEASE SAVEPOINT ctf" }]);
    return error;
  }
}

/** Passes for an answer of the server; anything else is thrown on. */
function refusal(error: unknown): void {
  if (!(error instanceof BatchError) || isLostConnection(error)) throw error;
}
