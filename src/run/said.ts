/** What python functions say, as events. Their own words stay outside of the events: those are logged and printed. */
import type { Said } from "../worker/call/said.ts";
import type { RunEvent } from "./events.ts";

const words = new WeakMap<RunEvent, string>();

export function saidEvent(id: string, said: Said, text: string): RunEvent {
  const event: RunEvent = { ...said, id };
  words.set(event, text);
  return event;
}

/** They may hold values: for a terminal, when asked for with --show-data, and nowhere else. */
export const wordsOf = (event: RunEvent): string | undefined => words.get(event);
