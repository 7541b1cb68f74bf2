/** JavaScript's clock, held still for a test. */

const Real = Date;

/** From now on `new Date()` and `Date.now()` show this. Timers go on. */
export function standStill(at: Date): void {
  globalThis.Date = class extends Real {
    constructor(...parts: readonly unknown[]) {
      super(...((parts.length === 0 ? [at.getTime()] : parts) as [number]));
    }
    static override now(): number {
      return at.getTime();
    }
  } as DateConstructor;
}
