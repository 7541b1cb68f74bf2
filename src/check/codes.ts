/** What can be wrong with the files that `ctf check` keeps itself. */
import { defineCode } from "../diagnostics/diagnostic.ts";

export const damagedBaseline = defineCode({
  code: "CTF237",
  name: "damaged-baseline",
  severity: "error",
  what: "The file that --baseline names is no list of known problems.",
  why: "Without it, nobody can say which problems are new.",
  todo: "Take it back from version control, or remove it: the next check with --baseline writes it anew.",
});

/** For docs/diagnostics. @public */
export const codes = [damagedBaseline];
