/** What a new load takes over from the file that it is to load: its source, and a column for each name in the header. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { findFiles } from "../../files/find.ts";
import { headerNames } from "../../files/header.ts";
import type { FileSource, Project } from "../../project/types.ts";
import type { NotedColumn } from "../../project/write/columns.ts";
import { MARK } from "../../project/write/yaml_text.ts";
import { looksLikePhi, PHI_NOTE } from "./phi.ts";
import type { Reading } from "./reading.ts";

/** Undefined where no source can be meant: it has the transform's name, or is the only one of files that nothing reads yet. */
export async function readFileSource(
  project: Project,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Reading | undefined> {
  const source = sourceFor(project, name);
  if (!source) return undefined;
  const base = { inputs: [{ item: { source: source.sourceName } }], keyGuess: [] };
  try {
    const names = await namesIn(source, project, env);
    return { ...base, notes: [], ...(names.length > 0 && { columns: names.map(columnOf) }) };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const why = error.diagnostics.map(({ message }) => message).join("; ");
    return { ...base, notes: [`the output's columns are left open: ${why}`] };
  }
}

function sourceFor(project: Project, name: string): FileSource | undefined {
  const files = project.sources.filter((source): source is FileSource => source.type === "file");
  const read = new Set(
    project.transforms.flatMap(({ inputs }) => inputs.map((input) => input.type === "source" && input.name)),
  );
  const unread = files.filter(({ sourceName }) => !read.has(sourceName));
  return files.find(({ sourceName }) => sourceName === name) ?? (unread.length === 1 ? unread[0] : undefined);
}

/** Of the newest file by name: what a supplier sends changes, and the next one will look like the last. */
async function namesIn(
  { patterns, format, sourceName, file }: FileSource,
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  if (format.type === "fixed_width") return format.fields.map(({ name }) => name);
  if (format.type !== "csv" || !format.header) return [];
  const found = await findFiles(patterns, { root: project.root, env, source: sourceName, span: { file } });
  const last = found.at(-1);
  return last ? headerNames(last, format, new AbortController().signal) : [];
}

/** A load finds the file's column whatever its case and the blanks around it. */
function columnOf(name: string): NotedColumn {
  const column = name.trim().toLowerCase();
  const phi = looksLikePhi(name.trim());
  const notes = [...(phi ? [PHI_NOTE] : []), `${MARK}: its type, and a description`];
  return { name: column, type: "text", phi, notNull: false, note: notes.join("; ") };
}
