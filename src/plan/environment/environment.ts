/**
 * An environment: a target whose outputs stand in schemas of their own, beside another target's in the same database. Here
 * is which name stands for which, as plain data; what is there was asked before (`warehouse/environments`).
 */
import {
  tableText,
  type FileOutput,
  type Output,
  type Project,
  type TableName,
  type Target,
} from "../../project/types.ts";
import type { What } from "../../sql/move/objects.ts";

export interface Environment {
  readonly target: string;
  readonly prefix: string;
  /** Of all declared outputs: what is written into these goes to those with the prefix. */
  readonly schemas: ReadonlySet<string>;
  /** Declared functions, by name. */
  readonly functions: ReadonlySet<string>;
  /** Where things are looked for that are read, nearest first; they are taken to be at the last. */
  readonly lookIn: readonly Place[];
  /** Tables that CTF does not build: each keeps its name where no place has it. */
  readonly elsewhere: ReadonlySet<string>;
  /** Sources: they keep their names in any case. */
  readonly sources: ReadonlySet<string>;
  /** What there is at the places, and what the plan makes itself: `relation dev_claims.paid`, `file …`. */
  readonly there: ReadonlySet<string>;
}

interface Place {
  readonly target: string;
  /** Empty for a target that keeps names as they are. */
  readonly prefix: string;
}

/** What is asked of a database to make an `Environment`. */
export type Question = Omit<Environment, "there">;

/** Undefined for a target without a prefix. */
export function environmentOf(project: Project, target: Target): Question | undefined {
  if (target.prefix === undefined) return undefined;
  const outputs = project.transforms.flatMap(({ outputs, madeElsewhere }) =>
    outputs.map((output) => ({ output, madeElsewhere })),
  );
  const tables = outputs.flatMap(({ output, madeElsewhere }) =>
    output.type === "file" ? [] : [{ output, madeElsewhere }],
  );
  return {
    target: target.name,
    prefix: target.prefix,
    schemas: new Set(tables.map(({ output }) => output.schema)),
    functions: new Set(tables.flatMap(({ output }) => (output.type === "function" ? [output.name] : []))),
    lookIn: placesOf(project, target),
    elsewhere: new Set(tables.flatMap(({ output, madeElsewhere }) => (madeElsewhere ? [tableText(output)] : []))),
    sources: new Set(project.sources.flatMap((source) => (source.type === "table" ? [tableText(source)] : []))),
  };
}

/** The target, and those that it defers to one after the other; `deferProblems` has made sure that there is an end. */
function placesOf({ targets }: Project, target: Target): readonly Place[] {
  const places: Place[] = [];
  for (let next: Target | undefined = target; next;) {
    places.push({ target: next.name, prefix: next.prefix ?? "" });
    const { defer }: Target = next;
    next = targets.find(({ name }) => name === defer);
  }
  return places;
}

const entry = (what: string, prefix: string, { schema, name }: TableName): string =>
  `${what} ${prefix}${schema}.${name}`;

/** The schemas in which there may be something, at all places. */
export const schemasToAskFor = ({ lookIn, schemas }: Question): readonly string[] =>
  lookIn.flatMap(({ prefix }) => [...schemas].map((schema) => prefix + schema));

export const writtenTo = ({ prefix }: Question, { schema, name }: TableName): TableName => ({
  schema: prefix + schema,
  name,
});

/** Where something is that is only read. */
export function readFrom(environment: Environment, table: TableName, what: What = "relation"): TableName {
  const { schemas, sources, elsewhere, lookIn, there } = environment;
  const text = tableText(table);
  if (!schemas.has(table.schema) || (what !== "function" && sources.has(text))) return table;
  const place = lookIn.find(({ prefix }) => prefix !== "" && there.has(entry(what, prefix, table)));
  if (place) return { schema: place.prefix + table.schema, name: table.name };
  if (elsewhere.has(text)) return table;
  return { schema: (lookIn.at(-1)?.prefix ?? "") + table.schema, name: table.name };
}

/** Whether something that the project makes is at one of the places where it would be read. */
export function isSomewhere({ lookIn, there, sources, elsewhere }: Environment, table: TableName): boolean {
  const text = tableText(table);
  if (sources.has(text) || elsewhere.has(text)) return true;
  return lookIn.some(({ prefix }) => there.has(entry("relation", prefix, table)));
}

/** Whether the environment itself has it, or will. */
export function isHere({ target, prefix, there }: Environment, output: TableName | Output): boolean {
  if (!("type" in output)) return there.has(entry("relation", prefix, output));
  if (output.type === "file") return there.has(`file ${fileOf(target, output.path)}`);
  return there.has(entry(output.type === "function" ? "function" : "relation", prefix, output));
}

/**
 * Files stay away from where others look for production's: below `.ctf/environments/<target>` on disk, below the target's
 * name at the top of a bucket.
 */
export function fileOf(target: string, path: string): string {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(path) ?? [];
  if (bucket !== undefined) return `s3://${bucket}/${target}/${key}`;
  return `.ctf/environments/${target}/${path.replace(/^\/+/, "").replaceAll(/(^|\/)\.\.(?=\/)/g, "$1_")}`;
}

/** Where a file is that another transform writes. */
export function fileReadFrom({ lookIn, there }: Environment, { path }: Pick<FileOutput, "path">): string {
  const here = lookIn.find(({ target, prefix }) => prefix !== "" && there.has(`file ${fileOf(target, path)}`));
  const place = here ?? lookIn.at(-1)!;
  return place.prefix === "" ? path : fileOf(place.target, path);
}

/** An environment with what a plan makes itself: tables, functions, files, and whatever statements make beside them. */
export function withMade(
  question: Question,
  there: Iterable<string>,
  made: Iterable<{ readonly what: What; readonly schema: string; readonly name: string }>,
  files: readonly string[],
): Environment {
  return {
    ...question,
    there: new Set([
      ...there,
      ...[...made].map(({ what, ...name }) => entry(what, question.prefix, name)),
      ...files.map((path) => `file ${fileOf(question.target, path)}`),
    ]),
  };
}
