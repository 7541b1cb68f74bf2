import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { CliContext } from "../context.ts";
import { problemsText } from "../output.ts";
import { styleFor } from "../style.ts";
import { jsonReporter } from "./json.ts";
import { plainReporter } from "./plain.ts";
import { progressReporter } from "./progress.ts";
import type { Reporter } from "./reporter.ts";

export interface ReporterWishes {
  readonly json: boolean;
  readonly resume: string;
  /** What PostgreSQL itself said of a problem, which may quote rows: given only with --show-data. */
  readonly serverWords?: (diagnostic: Diagnostic) => string | undefined;
}

/** JSON lines on stdout if asked for; else, on stderr, a live display where it is a terminal and lines where not. */
export function makeReporter(context: CliContext, { json, resume, serverWords }: ReporterWishes): Reporter {
  if (json) return jsonReporter(context.stdout);
  const color = context.colorOnStderr;
  const live = context.isTTY.stderr && context.env["TERM"] !== "dumb";
  return (live ? progressReporter : plainReporter)({
    stream: context.stderr,
    style: styleFor(color),
    render: (diagnostics) => {
      const quoting = serverWords && context.isTTY.stderr;
      const shown = quoting ? diagnostics.map((d) => withWords(d, serverWords(d))) : diagnostics;
      return problemsText(shown, color, context.root());
    },
    resume,
  });
}

function withWords(diagnostic: Diagnostic, words: string | undefined): Diagnostic {
  if (words === undefined) return diagnostic;
  return { ...diagnostic, hint: [diagnostic.hint, `PostgreSQL: ${words}`].filter(Boolean).join("\n") };
}
