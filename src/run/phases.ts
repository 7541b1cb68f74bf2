import type { Phase } from "../warehouse/outcome.ts";

export interface PhaseClock {
  readonly enter: (phase: Phase) => void;
  /** Seconds by phase so far. */
  phases(): Readonly<Partial<Record<Phase, number>>>;
}

/** Tells each phase as it begins, and adds up the seconds that each took. */
export function phaseClock(tell: (phase: Phase) => void): PhaseClock {
  const seconds: Partial<Record<Phase, number>> = {};
  let current: Phase | undefined;
  let since = 0;
  const close = () => {
    const now = performance.now();
    if (current) seconds[current] = (seconds[current] ?? 0) + (now - since) / 1000;
    since = now;
  };
  return {
    enter: (phase) => {
      if (phase === current) return;
      close();
      current = phase;
      tell(phase);
    },
    phases: () => {
      close();
      return seconds;
    },
  };
}
