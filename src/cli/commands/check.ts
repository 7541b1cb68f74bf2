import { type Command, Option } from "commander";
import { type Diagnostic, isError } from "../../diagnostics/diagnostic.ts";
import { renderGithub } from "../../diagnostics/render_github.ts";
import { renderJson } from "../../diagnostics/render_json.ts";
import { countText } from "../../diagnostics/render_text.ts";
import { isFixable } from "../../check/catalogue.ts";
import type { Project } from "../../project/types.ts";
import { type BaselineFlags, checkStatically, fixAndCheck, withoutKnown } from "../work/checking.ts";
import { compiled } from "../work/compiling.ts";
import { type CliContext, EXIT } from "../context.ts";
import { whatCanNotMove } from "../work/environment.ts";
import { counted } from "../terminal/numbers.ts";
import { problemsText } from "../terminal/output.ts";
import { repositoryPrefix } from "../asked/repository.ts";
import { findTarget } from "../asked/targets.ts";

type Format = "text" | "json" | "github";

interface CheckFlags extends BaselineFlags {
  readonly format: Format;
  readonly json?: boolean;
  readonly fix?: boolean;
  readonly compile: boolean;
  readonly target?: string;
}

/** One line for people: what was found, or what was looked at. */
function summary({ transforms, pipelines }: Project, diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length > 0) return `${countText(diagnostics)}.`;
  return `All is well: ${counted(transforms.length, "transform")} in ${counted(pipelines.length, "pipeline")}.`;
}

function offerToFix(diagnostics: readonly Diagnostic[]): string {
  const fixable = diagnostics.filter(isFixable).length;
  if (fixable === 0) return "";
  const which = fixable < diagnostics.length ? `${fixable} of them` : fixable === 1 ? "it" : "them";
  return ` "ctf check --fix" mends ${which}.`;
}

export function register(program: Command, context: CliContext): void {
  program
    .command("check")
    .summary("find problems without running anything")
    .description(
      "Reads the whole project, has PostgreSQL compile its SQL in an empty scratch database, and reports every problem in " +
        "one go. No warehouse is touched. Exit code 1 if there are errors.",
    )
    .addOption(new Option("--format <format>", "how to print them").choices(["text", "json", "github"]).default("text"))
    .option("--json", "the same as --format json")
    .option("--no-compile", "only what is found without a server")
    .option("--fix", "mend what has one right answer, in the files themselves")
    .option("--target <target>", "also what could not run on this target, if it has a prefix")
    .option("--baseline [file]", "report only what is not in this file; writes it if it is not there")
    .option("--update-baseline", "write today's problems to the file of --baseline")
    .action(async (flags: CheckFlags) => {
      const { fix, target } = flags;
      const format = flags.json ? "json" : flags.format;
      const checked = await (fix ? fixAndCheck(context) : checkStatically(context));
      const { project } = checked;
      const elsewhere = target === undefined ? [] : await whatCanNotMove(project, findTarget(project, target));
      const found = [...(flags.compile ? await compiled(context, checked) : checked.diagnostics), ...elsewhere];
      const diagnostics = await withoutKnown(context, found, flags);
      if (format === "json") context.stdout.write(renderJson(diagnostics));
      else if (format === "github") context.stdout.write(renderGithub(diagnostics, repositoryPrefix(project.root)));
      else {
        const text = problemsText(diagnostics, context.color, project.root);
        const offer = fix ? "" : offerToFix(diagnostics);
        context.stdout.write(`${text}${text === "" ? "" : "\n"}${summary(project, diagnostics)}${offer}\n`);
        if (!found.some(isError)) {
          const { rerunText } = await import("../work/rerun.ts");
          context.stdout.write(await rerunText(project, checked.diagnostics));
        }
      }
      if (diagnostics.some(isError)) context.setExitCode(EXIT.problems);
    });
}
