/** Forms and documents of a flatten that come from files: lines of JSON. */
import { tableText, type FileSource, type Project, type TableOutput } from "../../../project/types.ts";
import type { DocumentRows } from "../../../plan/types.ts";
import { readFacts } from "../../../warehouse/facts/read.ts";
import type { GivenFile } from "../../types.ts";
import { makeInputs } from "../inputs/made_inputs.ts";
import type { Ground } from "../own/ground.ts";
import type { Around, FilesOf } from "../own/source_files.ts";
import { answersOf } from "./answers.ts";
import { formOf, madeSchema } from "./forms.ts";

/** The one form that all documents answer. */
const FORM = "made";

/** Undefined where none of its inputs are files. `seed`, `until`: of what goes along with the documents. */
export async function documentFiles(
  project: Project,
  rows: DocumentRows,
  output: TableOutput,
  ground: Ground,
  around: Around,
): Promise<FilesOf | undefined> {
  const { documents, forms } = rows;
  const sourceOf = (name: string) =>
    project.sources.find((one): one is FileSource => one.type === "file" && one.sourceName === name)!;
  const schema = madeSchema(rows);
  const formFiles: GivenFile[] = [];
  if (forms.type === "stored" && forms.from.type === "files") {
    const { column, key } = forms;
    const whole: object = JSON.parse(schema);
    const line = column === undefined ? whole : { [column]: whole };
    formFiles.push(file(sourceOf(forms.from.source), [{ ...line, ...(key !== undefined && { [key]: FORM }) }]));
  }
  if (documents.from.type === "table") return formFiles.length > 0 ? () => formFiles : undefined;
  const source = sourceOf(documents.from.source);
  const beside = await alongside(rows, output, ground, around);
  const answers = answersOf(formOf(rows, schema), rows, { isText: false, hasPlaces: true });
  const lines = answers.map((text, n) => {
    const whole: object = JSON.parse(text);
    const { column, formKey, key } = documents;
    return {
      ...(column === undefined ? whole : { [column]: whole }),
      ...beside[n % Math.max(1, beside.length)],
      [key]: String(n + 1),
      ...(formKey !== undefined && { [formKey]: FORM }),
    };
  });
  return (isEmpty) => [...formFiles, file(source, isEmpty ? [] : lines)];
}

const file = (source: FileSource, lines: readonly object[]): GivenFile => ({
  source,
  name: `${source.sourceName}.jsonl`,
  bytes: Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join("")),
});

/** What the output's columns take from a document beside its answers. */
async function alongside(
  { columns }: DocumentRows,
  output: TableOutput,
  ground: Ground,
  around: Around,
): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const { client } = await ground.session();
  const facts = (await readFacts(client, [{ ...output, foreignKeys: [] }])).get(tableText(output));
  if (!facts) return [];
  const made = await makeInputs(client, new Map([[tableText(output), facts]]), { ...around, profile: "plausible" });
  const [some] = typeof made === "string" ? [] : made;
  return (some?.rows ?? []).map((row) =>
    Object.fromEntries(
      columns.flatMap(({ name, from }) => {
        const at = some!.columns.indexOf(name);
        return from.type === "document" && at >= 0 ? [[from.column, row[at]!] as const] : [];
      }),
    ),
  );
}
