/** Poolers that give a client now this backend, now that one. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { place } from "./address.ts";
import { pooler } from "./codes.ts";
import { sqlstate } from "../errors.ts";

export const behindPooler = (url: string, mode: string): Diagnostic =>
  pooler({
    message: `the warehouse at ${place(url)} is behind a pooler in ${mode} mode, where session locks protect nothing`,
    hint: "Point the target at PostgreSQL itself, or at a pool in session mode.",
  });

/** A prepared statement that is there already, or there no more: the session is another client's, too. */
export const isSharedSession = (error: unknown): boolean => ["42P05", "26000"].includes(sqlstate(error) ?? "");
