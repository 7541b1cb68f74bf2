import type { LoggedEvent } from "../../run/events.ts";
import type { Output } from "../context.ts";
import type { Reporter } from "./reporter.ts";

/** Each event as one line of JSON, as in `.ctf/runs/`; the last, `run_finished`, holds the result. */
export const jsonReporter = (stream: Pick<Output, "write">): Reporter => ({
  listener(event, at) {
    const logged: LoggedEvent = { ...event, at: at.toISOString() };
    stream.write(`${JSON.stringify(logged)}\n`);
  },
  close() {},
});
