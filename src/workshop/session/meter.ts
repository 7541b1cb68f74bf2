/** What a run asks of the database, and how long it waits for that. */

export interface Meter {
  /** Statements sent; each is a way to the server and back. */
  statements: number;
  /** Time in which the program had nothing to do but wait for the server. */
  waitedMs: number;
}

export const newMeter = (): Meter => ({ statements: 0, waitedMs: 0 });

export async function waiting<T>(meter: Meter, answer: Promise<T>): Promise<T> {
  const begun = performance.now();
  try {
    return await answer;
  } finally {
    meter.waitedMs += performance.now() - begun;
  }
}
