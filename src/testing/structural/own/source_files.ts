/** Files of sources that a python transform reads, where their columns are declared. */
import { fileBytes } from "../../../generate/fill/file_text.ts";
import type { PlannedTransform, PythonCall } from "../../../plan/types.ts";
import { type FileSource, type Project, tableText } from "../../../project/types.ts";
import { batch } from "../../../warehouse/session/batch.ts";
import { readFacts } from "../../../warehouse/facts/read.ts";
import { makeTableOf } from "../../../warehouse/fill/local_tables.ts";
import type { GivenFile } from "../../types.ts";
import { isWritten, fileColumn } from "../load/files.ts";
import { makeInputs } from "../inputs/made_inputs.ts";
import type { Ground } from "./ground.ts";

/** What a transform's sources of files hold: on the first day, no rows. */
export type FilesOf = (isEmpty: boolean) => readonly GivenFile[];

export interface Around {
  readonly seed: number;
  readonly until: string;
}

/** The sources of files that a transform's function reads. */
export function fileSources({ action }: PlannedTransform, project: Project): readonly FileSource[] {
  const call: PythonCall | undefined =
    action.type === "write_file"
      ? action.call
      : "rows" in action && action.rows.type === "python"
        ? action.rows.call
        : undefined;
  const names = new Set((call?.inputs ?? []).flatMap((input) => (input.type === "files" ? [input.source] : [])));
  return project.sources.filter((one): one is FileSource => one.type === "file" && names.has(one.sourceName));
}

/** Only who wrote the function knows what is in these. */
export const isUnknown = ({ columns, format }: FileSource): boolean => columns.length === 0 || !isWritten(format);

export async function sourceFiles(
  sources: readonly FileSource[],
  ground: Ground,
  around: Around,
): Promise<FilesOf | undefined> {
  if (sources.length === 0) return undefined;
  const made: { readonly empty: GivenFile; readonly filled: GivenFile }[] = [];
  for (const source of sources) made.push(await filesOf(source, ground, around));
  return (isEmpty) => made.map(({ empty, filled }) => (isEmpty ? empty : filled));
}

/** By way of a table with the same columns, which is gone again. */
async function filesOf(source: FileSource, ground: Ground, around: Around) {
  const { client } = await ground.session();
  const table = { schema: "ctf_source", name: source.sourceName, columns: source.columns };
  await batch(client, [{ text: "BEGIN" }]);
  try {
    await makeTableOf(client, table);
    const [facts] = (await readFacts(client, [table])).values();
    const rows = await makeInputs(client, new Map([[tableText(table), facts!]]), { ...around, profile: "plausible" });
    const [some] = typeof rows === "string" ? [] : rows;
    const columns = facts!.columns.map((column) => fileColumn(column, column.name));
    const file = async (cells: readonly (readonly (string | null)[])[]): Promise<GivenFile> => ({
      source,
      name: source.sourceName,
      bytes: await fileBytes(source.format, columns, cells),
    });
    const at = columns.map(({ header }) => some?.columns.indexOf(header) ?? -1);
    const cells = (some?.rows ?? []).map((row) => at.map((n) => row[n] ?? null));
    return { empty: await file([]), filled: await file(cells) };
  } finally {
    await batch(client, [{ text: "ROLLBACK" }]);
  }
}
