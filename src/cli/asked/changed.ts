/** What `ctf run --changed` runs: of what was selected, what is new or changed since a commit. */
import { type Diagnostic, DiagnosticError, isError } from "../../diagnostics/diagnostic.ts";
import { type Compared, compareProject } from "../../diff/compare.ts";
import { unknownRef } from "../../diff/codes.ts";
import { changedTransforms, withDownstream } from "../../diff/selection.ts";
import { baseText } from "../../diff/summary.ts";
import type { Selection } from "../../graph/select.ts";
import type { Project } from "../../project/types.ts";
import type { CliContext } from "../context.ts";
import { problemsText } from "../terminal/output.ts";

export interface ChangedFlags {
  /** true: since this branch left the main one. */
  readonly changed?: string | true;
  readonly downstream?: boolean;
}

/**
 * The selection without what has not changed, in its order. @throws DiagnosticError when git can't say how it was, and where
 * what changed can't be read in one of the pipelines that the selection might have had it from
 */
export async function narrowToChanged(
  context: CliContext,
  project: Project,
  diagnostics: readonly Diagnostic[],
  selection: Selection,
  { changed, downstream }: ChangedFlags,
  mightBeFrom: (pipeline: string) => boolean,
): Promise<Selection> {
  const compared = await compareProject(project, diagnostics, changed === true ? undefined : changed).catch(
    (error: unknown) => {
      throw pipelineAsRef(error, project, changed);
    },
  );
  context.stderr.write(problemsText(compared.diagnostics, context.colorOnStderr));
  refuseUnread(compared, diagnostics, mightBeFrom);
  const own = changedTransforms(compared.difference);
  const wanted = new Set(downstream ? withDownstream(project, own) : own);
  const since = `changed since ${baseText(compared)}`;
  const ids = selection.ids.filter((id) => wanted.has(id));
  return { ids, description: `${selection.description}, ${since}${downstream ? " with what follows" : ""}` };
}

/** Running the rest would look as if all that changed had been run. */
function refuseUnread(
  { difference }: Compared,
  diagnostics: readonly Diagnostic[],
  mightBeFrom: (pipeline: string) => boolean,
): void {
  const files = new Set(
    difference.entries
      .filter(({ unreadable, pipeline }) => unreadable === "now" && mightBeFrom(pipeline ?? ""))
      .map(({ file }) => file),
  );
  const found = diagnostics.filter((one) => isError(one) && files.has(one.span?.file));
  if (found.length > 0) throw new DiagnosticError(found);
}

/** `ctf run --changed claims`: the word behind the option is its commit. */
function pipelineAsRef(error: unknown, { pipelines }: Project, ref: ChangedFlags["changed"]): unknown {
  const [first] = error instanceof DiagnosticError ? error.diagnostics : [];
  if (first?.code !== unknownRef.code || !pipelines.some(({ name }) => name === ref)) return error;
  const hint = `It is a pipeline: "ctf run ${ref} --changed" runs what changed in it.`;
  return new DiagnosticError([{ ...first, hint }]);
}
