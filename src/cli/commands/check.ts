import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { type Command, Option } from "commander";
import { type Diagnostic, isError } from "../../diagnostics/diagnostic.ts";
import { renderGithub } from "../../diagnostics/render_github.ts";
import { renderJson } from "../../diagnostics/render_json.ts";
import { countText } from "../../diagnostics/render_text.ts";
import type { Project } from "../../project/types.ts";
import { type BaselineFlags, checkStatically, fixAndCheck, withoutKnown } from "../checking.ts";
import { compiled } from "../compiling.ts";
import { type CliContext, EXIT } from "../context.ts";
import { counted } from "../numbers.ts";
import { problemsText } from "../output.ts";

type Format = "text" | "json" | "github";

/** One line for people: what was found, or what was looked at. */
export function summary({ transforms, pipelines }: Project, diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length > 0) return `${countText(diagnostics)}.`;
  return `All is well: ${counted(transforms.length, "transform")} in ${counted(pipelines.length, "pipeline")}.`;
}

/** Code review names files from the repository's root, CTF from the project's. */
function repositoryPrefix(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) {
      const prefix = relative(folder, root).replaceAll(sep, "/");
      return prefix === "" ? "" : `${prefix}/`;
    }
    if (folder === dirname(folder)) return "";
  }
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
    .option("--no-compile", "only what is found without a server")
    .option("--fix", "mend what has one right answer, in the files themselves")
    .option("--baseline [file]", "report only what is not in this file; writes it if it is not there")
    .option("--update-baseline", "write today's problems to the file of --baseline")
    .action(
      async (flags: { readonly format: Format; readonly fix?: boolean; readonly compile: boolean } & BaselineFlags) => {
        const { format, fix } = flags;
        const checked = await (fix ? fixAndCheck(context) : checkStatically(context));
        const { project } = checked;
        const found = flags.compile ? await compiled(context, checked) : checked.diagnostics;
        const diagnostics = await withoutKnown(context, found, flags);
        if (format === "json") context.stdout.write(renderJson(diagnostics));
        else if (format === "github") context.stdout.write(renderGithub(diagnostics, repositoryPrefix(project.root)));
        else {
          const text = problemsText(diagnostics, context.color, project.root);
          context.stdout.write(`${text}${text === "" ? "" : "\n"}${summary(project, diagnostics)}\n`);
        }
        if (diagnostics.some(isError)) context.setExitCode(EXIT.problems);
      },
    );
}
