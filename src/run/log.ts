/** Each run's events as JSON lines in `.ctf/runs/<run>.jsonl`. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Listener, LoggedEvent } from "./events.ts";

export const logPath = (root: string, run: string): string => join(root, ".ctf", "runs", `${run}.jsonl`);

export interface RunLog {
  readonly listener: Listener;
  /** Something could not be written: the disk is full, or the file is gone. */
  incomplete(): boolean;
  close(): void;
}

/** Written event by event, so that what is there after a crash is whole up to its last line. */
export function runLog(root: string, run: string): RunLog {
  mkdirSync(join(root, ".ctf", "runs"), { recursive: true });
  const file = openSync(logPath(root, run), "a");
  let incomplete = false;
  return {
    listener: (event, at) => {
      if (event.type === "progress") return;
      const logged: LoggedEvent = { at: at.toISOString(), ...event };
      try {
        writeSync(file, `${JSON.stringify(logged)}\n`);
      } catch (error) {
        incomplete = true;
        throw error;
      }
    },
    incomplete: () => incomplete,
    close: () => closeSync(file),
  };
}
