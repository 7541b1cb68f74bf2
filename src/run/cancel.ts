/** Stopping a transform from outside: Ctrl-C, a second Ctrl-C, a timeout. */
import type { Control } from "./control.ts";
import type { RunEvent } from "./events.ts";
import { hangUp } from "../warehouse/session/hang_up.ts";
import { pidsOf, type Session } from "./sessions.ts";

/** A backend that ignores being cancelled for so long is said to be stuck. */
const STUCK_MS = 5_000;
const AGAIN_MS = 250;

export interface Canceller {
  /** Aborted when the work is to stop: between statements, this is what tells. */
  readonly signal: AbortSignal;
  startTimeout(milliseconds: number | undefined): void;
  timedOut(): boolean;
  /** No more of it. A session that was told to cancel may still be hit by that, and is not to be used again. */
  stop(): void;
}

interface Of {
  readonly id: string;
  readonly session: Session;
  readonly control: Control;
  readonly interrupt: AbortSignal;
  readonly kill: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** Cancels the session's statement on the server when the run is interrupted or the time is up; again until it ends. */
export function cancelOn({ id, session, control, interrupt, kill, emit }: Of): Canceller {
  const stop = new AbortController();
  let timedOut = false;
  let timer: NodeJS.Timeout | undefined;
  let repeat: NodeJS.Timeout | undefined;
  let stuck: NodeJS.Timeout | undefined;
  const cancel = () => {
    if (repeat) return;
    stop.abort();
    const once = () => void control.cancel(pidsOf(session)).catch(() => {});
    repeat = setInterval(once, AGAIN_MS);
    const what = `backend ${pidsOf(session).join(" or ")}, which does not react to being cancelled (stuck)`;
    stuck = setTimeout(() => emit({ type: "waiting", id, what }), STUCK_MS);
    once();
  };
  const leave = () => {
    hangUp(session.client);
    if (session.guest) hangUp(session.guest.client);
  };
  interrupt.addEventListener("abort", cancel);
  kill.addEventListener("abort", leave);
  if (interrupt.aborted) cancel();
  return {
    signal: stop.signal,
    startTimeout(milliseconds) {
      if (milliseconds === undefined) return;
      timer = setTimeout(() => {
        timedOut = true;
        cancel();
      }, milliseconds);
    },
    timedOut: () => timedOut,
    stop() {
      clearTimeout(timer);
      clearInterval(repeat);
      clearTimeout(stuck);
      interrupt.removeEventListener("abort", cancel);
      kill.removeEventListener("abort", leave);
    },
  };
}
