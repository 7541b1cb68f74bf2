/** How the project was when this branch left the main one, as far as `ctf check` asks for it. */
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import type { Before } from "../compile/changes.ts";
import { type Project, tableText, type Transform } from "../project/types.ts";
import { findBase } from "./git/base.ts";
import { changedFiles } from "./git/changed_files.ts";
import { linksIn } from "./git/links.ts";
import { withOldTree } from "./git/old_tree.ts";
import { readSide, type Side, sideOf } from "./side.ts";

/** Undefined where there is no git or no main branch, or nothing has changed since. */
export async function projectBefore(project: Project): Promise<Before | undefined> {
  try {
    const base = await findBase(project.root);
    const changed = await changedFiles(project.root, base.commit);
    if (changed.length === 0) return undefined;
    const old = await withOldTree(project.root, changed, await linksIn(project.root), async (root) =>
      gathered(await readSide(root)),
    );
    const now = sideOf(project, []);
    return {
      columns: old.columns,
      isUnchanged: (transform) => old.said.get(transform.id) === saidBy(transform, now),
    };
  } catch (error) {
    if (error instanceof DiagnosticError) return undefined;
    throw error;
  }
}

/** The old tree goes; this stays. */
function gathered(side: Side) {
  const { transforms, sources } = side.project;
  const outputs = transforms.flatMap((transform) => transform.outputs);
  const relations = [...outputs, ...sources].flatMap((one) =>
    "columns" in one && "schema" in one ? [[tableText(one), one.columns] as const] : [],
  );
  return {
    columns: new Map(
      relations.map(([text, columns]) => [text, columns.map(({ name, type }) => [name, type] as const)] as const),
    ),
    said: new Map(transforms.map((transform) => [transform.id, saidBy(transform, side)])),
  };
}

const saidBy = ({ kind, inputs, outputs, spec, codeFile }: Transform, { read }: Side): string =>
  JSON.stringify([kind, inputs, outputs, spec, codeFile === undefined ? "" : read(codeFile)]);
