import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { RunEvent } from "../../run/events.ts";
import type { CliContext } from "../context.ts";
import { problemsText } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { jsonReporter } from "./json.ts";
import { plainReporter } from "./plain.ts";
import { progressReporter } from "./progress.ts";
import type { Reporter } from "./reporter.ts";

export interface ReporterWishes {
  readonly json: boolean;
  readonly resume: string;
  /** Words that may quote rows, PostgreSQL's and Python's, of problems and of what functions say: given only with --show-data. */
  readonly words?: {
    readonly of: (diagnostic: Diagnostic) => string | undefined;
    readonly said: (event: RunEvent) => string | undefined;
  };
}

/** JSON lines on stdout if asked for; else, on stderr, a live display where it is a terminal and lines where not. */
export function makeReporter(context: CliContext, { json, resume, words }: ReporterWishes): Reporter {
  if (json) return jsonReporter(context.stdout);
  const color = context.colorOnStderr;
  const live = context.isTTY.stderr && context.env["TERM"] !== "dumb";
  const shown = context.isTTY.stderr ? words : undefined;
  return (live ? progressReporter : plainReporter)({
    stream: context.stderr,
    style: styleFor(color),
    render: (diagnostics) => {
      const quoting = shown ? diagnostics.map((d) => withWords(d, shown.of(d))) : diagnostics;
      return problemsText(quoting, color, context.root());
    },
    said: (event) => shown?.said(event),
    resume,
  });
}

function withWords(diagnostic: Diagnostic, words: string | undefined): Diagnostic {
  if (words === undefined) return diagnostic;
  return { ...diagnostic, hint: [diagnostic.hint, words].filter(Boolean).join("\n") };
}
