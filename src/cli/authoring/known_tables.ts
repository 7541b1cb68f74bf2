/** What a SELECT's tables are called in a definition. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { discover } from "../../project/discover.ts";
import type { KindSyntaxes } from "../../project/kind_syntax.ts";
import { readTransform, transformSyntax } from "../../project/read/transform.ts";
import type { Column, Output, Project, TableName } from "../../project/types.ts";

export interface KnownTable extends TableName {
  readonly maker: { readonly pipeline: string; readonly transform: string } | { readonly source: string };
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
}

/** Every table and view that the project knows: outputs, also of definitions with gaps still in them, and sources. */
export async function knownTables(project: Project, kinds: KindSyntaxes): Promise<readonly KnownTable[]> {
  const sources = project.sources.flatMap((source): KnownTable[] => {
    if (source.type !== "table") return [];
    const { schema, name, columns, sourceName } = source;
    return [{ schema, name, columns, primaryKey: [], maker: { source: sourceName } }];
  });
  const outputs = project.transforms.flatMap((t) => tablesOf(t.outputs, { pipeline: t.pipeline, transform: t.name }));
  return [...sources, ...outputs, ...(await unfinished(project, kinds))];
}

const tablesOf = (outputs: readonly Output[], maker: KnownTable["maker"]): KnownTable[] =>
  outputs.flatMap((output) => {
    if (output.type !== "table" && output.type !== "view") return [];
    const { schema, name, columns } = output;
    const primaryKey = output.type === "table" ? (output.primaryKey?.columns ?? []) : [];
    return [{ schema, name, columns, primaryKey, maker }];
  });

/** Outputs of definitions that do not load yet. Without their gaps, most of them do. */
async function unfinished(project: Project, kinds: KindSyntaxes): Promise<KnownTable[]> {
  const loaded = new Set(project.transforms.map((transform) => transform.file));
  const files = discover(project.root).pipelines.flatMap((pipeline) =>
    pipeline.definitions
      .filter(({ file }) => !loaded.has(file))
      .map(({ name, file }) => ({ file, maker: { pipeline: pipeline.name, transform: name } })),
  );
  if (files.length === 0) return [];
  const syntax = await transformSyntax(kinds);
  return files.flatMap(({ file, maker }) => {
    const { definition } = readTransform(withoutGaps(yamlOf(join(project.root, file))), syntax);
    return definition ? tablesOf(definition.outputs, maker) : [];
  });
}

function yamlOf(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch {
    return null; // `ctf check` says what is wrong with it
  }
}

function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutGaps).filter((item) => item !== null && JSON.stringify(item) !== "{}");
  }
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutGaps(item)]));
}
