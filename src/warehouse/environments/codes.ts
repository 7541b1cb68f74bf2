/** What can go wrong with an environment in the database of another target. */
import { defineCode } from "../../diagnostics/diagnostic.ts";

const error = { severity: "error" } as const;
const warning = { severity: "warning" } as const;

export const notOurSchema = defineCode({
  code: "CTF560",
  name: "not-our-schema",
  ...error,
  what: "A schema that an environment needs is in the warehouse already, and CTF did not make it for this environment.",
  why: "What stands in it is somebody else's; an environment writes only into schemas of its own.",
  todo: "Give the target another prefix, or drop the schema.",
});

export const changedOutside = defineCode({
  code: "CTF561",
  name: "changed-outside",
  ...error,
  what: "A transform on a target with a prefix changed a table that does not belong to its environment.",
  why: "It went through a function or a trigger, whose text CTF can't move. The transaction was rolled back.",
  todo: "Do not call it on this target, or make the function an output of the project, so that the environment has its own.",
});

export const otherDatabase = defineCode({
  code: "CTF562",
  name: "other-database",
  ...error,
  what: "A target defers to one in another database.",
  why: "One query can't read tables of two databases.",
  todo: "Give both targets the same address, or leave `defer:` out and build what the transform reads.",
});

export const environmentView = defineCode({
  code: "CTF563",
  name: "environment-view",
  ...warning,
  what: "A view of an environment read a column that the published table no longer has, and was dropped.",
  why: "What somebody tries out beside production never keeps production from being published.",
  todo: "Run its transform there again when its SQL fits the table.",
});

/** For docs/diagnostics. @public */
export const codes = [notOurSchema, changedOutside, otherDatabase, environmentView];
