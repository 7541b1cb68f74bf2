/** Which code is the user's, and where in it something happened. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Place } from "../protocol.ts";

/** So many calls of a stack are looked at. */
const DEEPEST = 200;

const callsOf = new WeakMap<object, readonly NodeJS.CallSite[]>();

/** Keeps where each error came from. Its own text could not be relied on: a message may look like a place. */
export function keepPlaces(): void {
  Error.stackTraceLimit = DEEPEST;
  Error.prepareStackTrace = (error, calls) => {
    callsOf.set(error, calls);
    return [String(error), ...calls.map((call) => `    at ${String(call)}`)].join("\n");
  };
}

export interface UserCode {
  owns(file: string): boolean;
  /** The user's places from the call down to where it was thrown. */
  placesOf(error: unknown): readonly Place[];
  /** Where the user's code is right now. */
  here(): Place | undefined;
}

/** The project's files, without what is installed beside them. */
export function userCode(root: string): UserCode {
  const owns = (file: string): boolean =>
    file.startsWith(root.endsWith("/") ? root : `${root}/`) && !file.includes("/node_modules/");
  const placesOf = (error: unknown): readonly Place[] => {
    if (typeof error !== "object" || error === null) return [];
    // Read, it is written down.
    void (error as Error).stack;
    const calls = callsOf.get(error) ?? [];
    return calls.flatMap((call) => placeOf(call, owns) ?? []).toReversed();
  };
  return { owns, placesOf, here: () => placesOf(new Error()).at(-1) };
}

function placeOf(call: NodeJS.CallSite, owns: UserCode["owns"]): Place | undefined {
  const url = call.getFileName() ?? "";
  const file = url.startsWith("file:") ? fileURLToPath(url) : url;
  const [line, column] = [call.getLineNumber(), call.getColumnNumber()];
  if (!owns(file) || line === null) return undefined;
  const name = call.getFunctionName();
  return {
    file,
    line,
    ...(column !== null && { column }),
    ...(name !== null && standsIn(file, name) && { function: name }),
  };
}

/** A name that the code does not spell out may be a value. */
function standsIn(file: string, name: string): boolean {
  try {
    return /^[\p{ID_Continue}$]+$/u.test(name) && readFileSync(file, "utf8").includes(name);
  } catch {
    return false;
  }
}
