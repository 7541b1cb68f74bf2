/** What stops a call, in the words of the protocol. No message holds a value of a table or a file. */
import type { CallCommand, Place, WorkerFailure } from "../protocol.ts";
import type { UserCode } from "./places.ts";
import { unreadable } from "./unreadable.ts";

/** A failure as it goes to CTF. */
export class Failure extends Error {
  readonly event: WorkerFailure;
  constructor(event: WorkerFailure) {
    super(event.kind);
    this.event = event;
  }
}

interface When {
  readonly command: Pick<CallCommand, "file">;
  /** The file is being read, and the function has not been called. */
  readonly loading: boolean;
}

export function failureOf(error: unknown, code: UserCode, { command, loading }: When): WorkerFailure {
  if (error instanceof Failure) return error.event;
  const unread = loading && error instanceof Error ? unreadable(error, code, command.file) : undefined;
  if (unread) return unread;
  const frames = code.placesOf(error);
  const described = { frames, exception: nameOf(error), text: textOf(error) };
  // What is no error has no frames, and what Node throws while it loads a file is never CTF's.
  const theirs = frames.length > 0 || loading || !(error instanceof Error);
  return { kind: theirs ? "exception" : "internal", ...described };
}

/** What is no error does not say where it was thrown; the function that was called is known. */
export const thrownIn = (place: Place, thrown: unknown): Failure =>
  new Failure({ kind: "exception", exception: nameOf(thrown), frames: [place], text: textOf(thrown) });

/** The class of an error; what else was thrown, by its type. A name that is put together may be a value. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return `thrown ${typeof error}`;
  const { name } = error.constructor;
  return /^[A-Z]\w*$/.test(name) ? name : "Error";
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "";
  }
}
