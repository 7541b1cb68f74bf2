import type { Io } from "../context.ts";

export interface Interrupts {
  /** The first Ctrl-C: cancel cleanly. */
  readonly interrupt: AbortSignal;
  /** The second: stop at once. */
  readonly kill: AbortSignal;
}

/**
 * Listens for Ctrl-C while the work goes on, and for the terminal being closed. A third one is left to the system, which
 * ends the process. Who starts a command by nohup wants it to live on: its output is no terminal.
 */
export async function withInterrupts<T>(
  { signals, stderr }: Pick<Io, "signals" | "stderr">,
  work: (interrupts: Interrupts) => Promise<T>,
): Promise<T> {
  const heard = stderr.isTTY ? (["SIGINT", "SIGTERM", "SIGHUP"] as const) : (["SIGINT", "SIGTERM"] as const);
  const interrupt = new AbortController();
  const kill = new AbortController();
  const stopListening = () => {
    for (const signal of heard) signals.off(signal, onSignal);
  };
  const onSignal = () => {
    if (!interrupt.signal.aborted) return interrupt.abort();
    stopListening();
    kill.abort();
  };
  for (const signal of heard) signals.on(signal, onSignal);
  try {
    return await work({ interrupt: interrupt.signal, kill: kill.signal });
  } finally {
    stopListening();
  }
}
