/** `ctf source add`: live tables' columns into sources/<schema>.yaml. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { type Project, type TableName, tableText } from "../../project/types.ts";
import { copySchemas, schemaLine } from "../../project/write/schemas.ts";
import { type NewSource, newSourcesFile, withSources } from "../../project/write/sources.ts";
import { findRelations, relationsIn } from "../../warehouse/introspect/relations.ts";
import type { LiveRelation } from "../../warehouse/introspect/types.ts";
import { noSuchTable, sourcesNotAList } from "./codes.ts";
import { columnsOf, type LiveColumns } from "./live.ts";
import { looksLikePhi, PHI_NOTE } from "./phi.ts";

export interface SourceRequest {
  readonly project: Project;
  readonly tables: readonly TableName[];
  /** All tables and views of these. */
  readonly schemas: readonly string[];
}

export interface SourcesAdded {
  readonly added: readonly { readonly source: string; readonly file: string; readonly phi: readonly string[] }[];
  /** What was left alone, and why. */
  readonly notes: readonly string[];
}

export async function addSources(client: Client, { project, tables, schemas }: SourceRequest): Promise<SourcesAdded> {
  const relations = await findAll(client, tables, schemas);
  const notes: string[] = [];
  const isNew = (relation: LiveRelation): boolean => {
    const reason = knownAs(project, relation);
    if (reason !== undefined) notes.push(`${tableText(relation)} ${reason}`);
    return reason === undefined;
  };
  const found = await columnsOf(client, relations.filter(isNew));
  const taken = new Set(project.sources.map((source) => source.sourceName));
  const byFile = new Map<string, NewSource[]>();
  for (const live of found) {
    const { schema, name } = live.relation;
    const sourceName = taken.has(name) ? `${schema}_${name}` : name;
    taken.add(sourceName);
    const file = `sources/${schema.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "_")}.yaml`;
    byFile.set(file, [...(byFile.get(file) ?? []), newSource(sourceName, live)]);
  }
  const texts = [...byFile].map(([file, sources]) => [file, textOf(project.root, file, sources)] as const);
  mkdirSync(join(project.root, "sources"), { recursive: true });
  for (const [file, text] of texts) writeFileSync(join(project.root, file), text);
  if (texts.length > 0) copySchemas(project.root);
  const added = [...byFile].flatMap(([file, sources]) =>
    sources.map(({ sourceName, columns }) => ({
      source: sourceName,
      file,
      phi: columns.filter((column) => column.phi).map((column) => column.name),
    })),
  );
  return { added, notes };
}

async function findAll(
  client: Client,
  tables: readonly TableName[],
  schemas: readonly string[],
): Promise<readonly LiveRelation[]> {
  const named = await findRelations(client, tables);
  const hint = "Look at the name, and at the target (--target). A table in a schema without USAGE can't be seen.";
  const missing = tables
    .filter(({ schema, name }) => !named.some((found) => found.schema === schema && found.name === name))
    .map((table) => noSuchTable({ message: `there is no table or view ${tableText(table)}`, hint }));
  const all = [...named];
  for (const schema of schemas) {
    const inside = await relationsIn(client, schema);
    if (inside.length === 0)
      missing.push(noSuchTable({ message: `there is no table or view in schema ${schema}`, hint }));
    all.push(...inside.filter(({ oid }) => !all.some((other) => other.oid === oid)));
  }
  if (missing.length > 0) throw new DiagnosticError(missing);
  return all.filter(({ oid }, n) => all.findIndex((other) => other.oid === oid) === n);
}

function knownAs(project: Project, { schema, name }: TableName): string | undefined {
  const same = (table: TableName) => table.schema === schema && table.name === name;
  const source = project.sources.find((s) => s.type === "table" && same(s));
  if (source) return `is already source ${source.sourceName} in ${source.file}; it is left as it is`;
  const maker = project.transforms.find((t) => t.outputs.some((o) => o.type !== "file" && same(o)));
  return maker && `is made by ${maker.id}; name that as an input instead`;
}

const newSource = (sourceName: string, { relation, columns }: LiveColumns): NewSource => ({
  sourceName,
  schema: relation.schema,
  name: relation.name,
  ...(relation.comment === undefined ? {} : { description: relation.comment }),
  columns: columns.map(({ name, type, comment }) => {
    const phi = looksLikePhi(name);
    return {
      name,
      type,
      ...(comment === undefined ? {} : { description: comment }),
      phi,
      notNull: false,
      ...(phi ? { note: PHI_NOTE } : {}),
    };
  }),
});

function textOf(root: string, file: string, sources: readonly NewSource[]): string {
  if (!existsSync(join(root, file))) return newSourcesFile(schemaLine(file, "sources"), sources);
  const text = withSources(readFileSync(join(root, file), "utf8"), sources);
  if (text !== undefined) return text;
  throw new DiagnosticError([
    sourcesNotAList({ message: `${file} has no plain list under sources: that could be lengthened`, span: { file } }),
  ]);
}
