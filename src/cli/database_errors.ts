/** What the database had against a command, where nobody nearer knew what to say of it. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { databaseError, isLostConnection, problem } from "../warehouse/errors.ts";

const WAREHOUSE = { table: "the warehouse" };

/** The server has gone, or does not let anybody in: no fault of CTF, and often over in a moment. */
export function connectionLost(error: unknown): Diagnostic | undefined {
  if (!isLostConnection(error)) return undefined;
  const hint = "Type the same command again; `ctf db status` tells whether CTF's own server runs.";
  return { ...problem(error, WAREHOUSE), hint };
}

/** A statement of CTF's own was refused: what is known of it without any value. */
export const databaseWords = (error: unknown): string | undefined =>
  databaseError(error) && problem(error, WAREHOUSE).message;
