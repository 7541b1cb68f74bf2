/** What can go wrong on the way to a warehouse. */
import { defineCode } from "../../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;

export const noConnection = defineCode({
  code: "CTF501",
  name: "no-connection",
  ...error,
  what: "The warehouse could not be reached.",
  why: "Every run works on a real PostgreSQL.",
  todo: "Check that the server is up and that the target's address is right.",
});

export const noTargetUrl = defineCode({
  code: "CTF502",
  name: "no-target-url",
  ...error,
  what: "The environment variable that holds the target's address is not set.",
  why: "ctf.yaml never holds a password, so the address comes from the environment.",
  todo: "Set the variable, or choose another target.",
});

export const unsupportedServer = defineCode({
  code: "CTF503",
  name: "unsupported-server",
  ...error,
  what: "The warehouse runs a PostgreSQL that CTF does not support.",
  why: "CTF is tested on PostgreSQL 15 to 18.",
  todo: "Use a newer server.",
});

export const pooler = defineCode({
  code: "CTF504",
  name: "transaction-pooler",
  ...error,
  what: "The address leads to a connection pooler in transaction mode.",
  why: "Two runs keep off each other's outputs by session locks. Such a pooler hands them to somebody else's session.",
  todo: "Give the target the address of PostgreSQL itself, or of a pool in session mode.",
});

export const readOnlyServer = defineCode({
  code: "CTF506",
  name: "read-only-server",
  ...error,
  what: "The target's server may only be read: it is a standby, or the role's sessions begin read-only.",
  why: "A run builds and publishes tables, and keeps records of it in the same database.",
  todo: "Give the target the address of the primary, or let the role write.",
});

export const connectionLost = defineCode({
  code: "CTF518",
  name: "connection-lost",
  ...error,
  what: "The connection to the warehouse broke.",
  why: "The server, or something between, went away. The old output is intact.",
  todo: "Run again with --resume: what was done is not done again.",
});

/** For docs/diagnostics. @public */
export const codes = [noConnection, noTargetUrl, unsupportedServer, pooler, readOnlyServer, connectionLost];
