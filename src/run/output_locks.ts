/** Session locks on outputs, so that two runs never make the same one at once. */
import { batch, type Statement, type StatementResult } from "../warehouse/session/batch.ts";
import { holder, lockStatement, OUTPUT_LOCK, tryLockStatement, unlockStatement } from "../warehouse/session/locks.ts";
import type { Work } from "../warehouse/work.ts";
import type { Control } from "./control.ts";

/**
 * Takes them, one after the other in the order of their names; says whom it waits for. Where there is one and it is free,
 * `look` is asked behind it in the same round trip, and what that gave is returned.
 */
export async function lockOutputs(
  work: Work,
  control: Control,
  names: readonly string[],
  look: readonly Statement[],
): Promise<readonly StatementResult[] | undefined> {
  const behind = names.length === 1 ? look : [];
  for (const name of names) {
    const [tried, ...seen] = await batch(work.client, [tryLockStatement(OUTPUT_LOCK, name), ...behind]);
    if (tried?.rows[0]?.["locked"] === true) {
      if (behind.length > 0) return seen;
      continue;
    }
    work.enter("wait");
    const pid = await holder(work.client, OUTPUT_LOCK, name);
    const [other] = await control.rows(
      `SELECT a.application_name AS name, a.usename AS who FROM pg_catalog.pg_stat_activity a WHERE a.pid = $1`,
      [pid ?? 0],
    );
    const whose = other ? `${other["name"] as string} (backend ${pid}, ${other["who"] as string})` : "another run";
    work.waiting(`${whose}, which is making ${name}`);
    work.signal.throwIfAborted();
    await batch(work.client, [lockStatement(OUTPUT_LOCK, name)]);
  }
  return undefined;
}

export const unlockOutputs = (names: readonly string[]): readonly Statement[] =>
  names.map((name) => unlockStatement(OUTPUT_LOCK, name));
