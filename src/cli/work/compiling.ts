/** What `ctf check` adds to the static checks: PostgreSQL's own word on everything, from an empty warehouse. */
import { type Diagnostic, DiagnosticError, isError } from "../../diagnostics/diagnostic.ts";
import type { CliContext } from "../context.ts";
import type { Checked } from "./checking.ts";
import { repositoryOf } from "../asked/repository.ts";

/** What was found before, and what compiling finds beside it. A machine without an embedded PostgreSQL gets a warning. */
export async function compiled(context: CliContext, { project, diagnostics }: Checked): Promise<readonly Diagnostic[]> {
  const [{ compileProject }, { kinds }, { notCompiled }] = await Promise.all([
    import("../../compile/compile.ts"),
    import("../../kinds/index.ts"),
    import("../../compile/codes.ts"),
  ]);
  try {
    // Only people wonder what takes so long.
    const notice = (text: string) => void (context.isTTY.stderr && context.stderr.write(`${text}\n`));
    const before =
      repositoryOf(project.root) === undefined
        ? undefined
        : async () => (await import("../../diff/before.ts")).projectBefore(project);
    const found = await compileProject(project, kinds, { notice, ...(before && { before }) });
    const told = new Set(diagnostics.filter(isError).map(placeText));
    return [...diagnostics, ...found.filter((one) => one.span?.start === undefined || !told.has(placeText(one)))];
  } catch (error) {
    const { isLostConnection } = await import("../../warehouse/errors.ts");
    if (isLostConnection(error)) return [...diagnostics, notCompiled(LOST)];
    if (!(error instanceof DiagnosticError)) throw error;
    const { message, hint } = error.diagnostics[0]!;
    return [
      ...diagnostics,
      notCompiled({ message: `the SQL was not compiled: ${message}`, ...(hint === undefined ? {} : { hint }) }),
    ];
  }
}

const LOST = {
  message: "the SQL was not compiled: the connection to the scratch server was lost",
  hint: "Was it stopped meanwhile? Check again.",
};

/** Of one place, what was found without a server is enough. */
const placeText = ({ span }: Diagnostic): string => JSON.stringify([span?.file, span?.start]);
