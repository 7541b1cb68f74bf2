/** Who makes a table or view, by its name in the database. */
import { loadsFiles, rejectsOf } from "../project/rejects.ts";
import type { FileSource, Input, Output, Project, Restrictions, TableSource, Transform } from "../project/types.ts";
import { outputText, tableText } from "../project/types.ts";

/** A table or view, and who answers for it. */
export type Relation = OfTransform | OfSource;

interface OfTransform {
  /** `schema.name` */
  readonly text: string;
  readonly transform: Transform;
  readonly output: Output;
  /** Which of the transform's outputs. */
  readonly index: number;
}

interface OfSource {
  readonly text: string;
  readonly source: TableSource | FileSource;
}

export interface Relations {
  find(schema: string, name: string): Relation | undefined;
  /** All of them, by `schema.name`. */
  all(): ReadonlyMap<string, Relation>;
  /** Those of this name, in any schema. */
  named(name: string): readonly Relation[];
  /** What an input stands for: all outputs of a transform, or a source; nothing if that is broken. */
  of(input: Input): readonly Relation[];
}

export function relationsOf(project: Project): Relations {
  // Two steps spare making a text for each lookup.
  const bySchema = new Map<string, Map<string, Relation>>();
  const add = (schema: string, name: string, relation: Relation) => {
    const own = bySchema.get(schema);
    if (own) own.set(name, relation);
    else bySchema.set(schema, new Map([[name, relation]]));
  };
  const files = new Set<string>();
  for (const source of project.sources) {
    if (source.type === "table") add(source.schema, source.name, { text: tableText(source), source });
    else files.add(source.sourceName);
  }
  const outputs = new Map<string, readonly Relation[]>();
  for (const transform of project.transforms) {
    const own = transform.outputs.map((output, index): Relation => ({
      text: outputText(output),
      transform,
      output,
      index,
    }));
    outputs.set(transform.id, own);
    const loads = loadsFiles(transform, (source) => files.has(source));
    transform.outputs.forEach((output, index) => {
      if (output.type === "file" || output.type === "function") return;
      const relation = own[index]!;
      add(output.schema, output.name, relation);
      if (!loads) return;
      const rejects = rejectsOf(output);
      add(rejects.schema, rejects.name, { ...relation, text: tableText(rejects) });
    });
  }
  const sources = new Map(project.sources.map((source) => [source.sourceName, source]));
  const all = () => [...bySchema.values()].flatMap((own) => [...own.values()]);
  return {
    find: (schema, name) => bySchema.get(schema)?.get(name),
    all: () => new Map(all().map((relation) => [relation.text, relation])),
    named: (name) => [...bySchema.values()].flatMap((own) => own.get(name) ?? []),
    of(input) {
      if (input.type === "transform") return outputs.get(input.id) ?? [];
      const source = sources.get(input.name);
      return source ? [{ text: source.type === "table" ? tableText(source) : input.name, source }] : [];
    },
  };
}

export const isOwn = (relation: Relation, transform: Transform): boolean =>
  "transform" in relation && relation.transform === transform;

export const ownersOf = (relation: Relation): readonly string[] =>
  "source" in relation ? relation.source.owners : relation.transform.owners;

export const restrictionsOn = (relation: Relation): Restrictions | undefined =>
  "source" in relation ? relation.source.restrictions : relation.output.restrictions;

/** The item of `inputs:` by which a transform of this pipeline declares that it reads it. */
export function inputItem(relation: Relation, pipeline: string): Readonly<Record<string, string>> {
  if ("source" in relation) return { source: relation.source.sourceName };
  const { transform } = relation;
  if (transform.pipeline === pipeline) return { transform: transform.name };
  return { pipeline: transform.pipeline, transform: transform.name };
}

/** Schemas of PostgreSQL itself, and CTF's own records: everybody may read them without a word. */
const OPEN_SCHEMAS = new Set(["pg_catalog", "information_schema", "pg_temp", "pg_toast", "ctf"]);

export const isOpen = (schema: string): boolean => OPEN_SCHEMAS.has(schema);
