import type { Signals } from "../context.ts";

export interface Interrupts {
  /** The first Ctrl-C: cancel cleanly. */
  readonly interrupt: AbortSignal;
  /** The second: stop at once. */
  readonly kill: AbortSignal;
}

/** Listens for Ctrl-C while the work goes on. A third one is left to the system, which ends the process. */
export async function withInterrupts<T>(signals: Signals, work: (interrupts: Interrupts) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const kill = new AbortController();
  const stopListening = () => {
    signals.off("SIGINT", onSignal);
    signals.off("SIGTERM", onSignal);
  };
  const onSignal = () => {
    if (!interrupt.signal.aborted) return interrupt.abort();
    stopListening();
    kill.abort();
  };
  signals.on("SIGINT", onSignal);
  signals.on("SIGTERM", onSignal);
  try {
    return await work({ interrupt: interrupt.signal, kill: kill.signal });
  } finally {
    stopListening();
  }
}
