/** A project seen as what PostgreSQL has to know: relations, and who may read which of them. */
import { isBytes, readBytes, textOf } from "../project/files.ts";
import {
  tableText,
  type Column,
  type Project,
  type TableOutput,
  type TableSource,
  type Transform,
  type ViewOutput,
} from "../project/types.ts";
import { firstWord, namesMade, says, type Words, wordsOf } from "./words.ts";

/** A table or view that the project declares. */
export interface Relation {
  /** `schema.name` */
  readonly text: string;
  readonly declared: TableOutput | ViewOutput | TableSource;
  readonly columns: readonly Column[];
  /** The transform that makes it; none makes a source. */
  readonly maker?: Unit;
}

/** A transform with its SQL. */
export interface Unit {
  readonly transform: Transform;
  /** Its SQL; empty for kinds without. Undefined when the file can't be read as text. */
  readonly text: string | undefined;
  readonly relations: Relation[];
  /** Its statements make its outputs; else they are made as they are declared. */
  readonly byStatements: boolean;
  /** Undefined where they can't be known: then it could read anything. */
  readonly words: Words | undefined;
  /** What its statements may make beside what is declared; undefined: something that is used without being named. */
  readonly makes: ReadonlySet<string> | undefined;
}

export interface Units {
  /** By transform id. */
  readonly byId: ReadonlyMap<string, Unit>;
  readonly relations: readonly Relation[];
  /** What a unit's text could read. */
  readonly read: (unit: Unit) => readonly Relation[];
  /** The units of statements whose makings a unit's text could use. */
  readonly used: (unit: Unit) => readonly Unit[];
}

/** Reads the SQL of all transforms. */
export function unitsOf(project: Project): Units {
  const byId = new Map<string, Unit>();
  const relations: Relation[] = sourceRelations(project);
  for (const transform of project.transforms) {
    const unit = unitOf(transform, project.root);
    byId.set(transform.id, unit);
    relations.push(...unit.relations);
  }
  const index = byFirstWord(relations);
  const makers = [...byId.values()].filter((unit) => unit.byStatements);
  return {
    byId,
    relations,
    read: (unit) => (unit.words ? withRowTypes(index, mentioned(index, unit.words)) : relations),
    used: (unit) => makers.filter((maker) => maker !== unit && mayUse(unit.words, maker.makes)),
  };
}

function unitOf(transform: Transform, root: string): Unit {
  const text = transform.codeHolds && transform.codeFile !== undefined ? codeText(root, transform.codeFile) : "";
  const byStatements = transform.codeHolds === "statements";
  const unit: Unit = {
    transform,
    text,
    relations: [],
    byStatements,
    words: wordsOf(`${text}\n${expressionsOf(transform)}\n${namedBy(transform)}`),
    makes: byStatements ? namesMade(text ?? "") : new Set(),
  };
  for (const declared of transform.outputs) {
    if (declared.type !== "table" && declared.type !== "view") continue;
    unit.relations.push({ text: tableText(declared), declared, columns: declared.columns, maker: unit });
  }
  return unit;
}

/** A definition without code names the tables that it reads itself. */
const namedBy = ({ codeFile, spec }: Transform): string => (codeFile === undefined ? JSON.stringify(spec) : "");

function codeText(root: string, file: string): string | undefined {
  const bytes = readBytes(root, file);
  const text = isBytes(bytes) ? textOf(bytes, file) : undefined;
  return typeof text === "string" ? text : undefined;
}

/** All SQL in a definition that could name something of another's. */
const expressionsOf = ({ outputs, settings }: Transform): string =>
  [
    ...Object.values(settings),
    ...outputs.flatMap((output) => {
      if (output.type !== "table" && output.type !== "view") return [];
      const columns = output.columns.flatMap((column) => [column.type, column.default ?? ""]);
      if (output.type === "view") return columns;
      return [
        ...columns,
        ...output.constraints.map(({ check }) => check),
        ...output.indexes.flatMap(({ keys, where }) => [
          where ?? "",
          ...keys.map(({ expression, opclass }) => `${expression ?? ""} ${opclass ?? ""}`),
        ]),
        ...output.foreignKeys.map(({ references }) => tableText(references)),
      ];
    }),
  ]
    .filter(Boolean)
    .join("\n");

const sourceRelations = ({ sources }: Project): Relation[] =>
  sources.flatMap((source) =>
    source.type === "table" ? [{ text: tableText(source), declared: source, columns: source.columns }] : [],
  );

type Index = ReadonlyMap<string, readonly Relation[]>;

function byFirstWord(relations: readonly Relation[]): Index {
  const index = new Map<string, Relation[]>();
  for (const relation of relations) {
    const word = firstWord(relation.declared.name);
    const there = index.get(word);
    if (there) there.push(relation);
    else index.set(word, [relation]);
  }
  return index;
}

/** A name without its schema can mean `public` alone, as far as anybody knows; a `search_path` is among the words. */
function mentioned(index: Index, words: Words): readonly Relation[] {
  const found: Relation[] = [];
  for (const word of words) {
    for (const relation of index.get(word) ?? []) {
      const { schema, name } = relation.declared;
      if ((schema === "public" || says(words, schema)) && says(words, name)) found.push(relation);
    }
  }
  return found;
}

/** A column can hold rows of another relation, whose columns then matter too. */
function withRowTypes(index: Index, read: readonly Relation[]): readonly Relation[] {
  const all = new Set(read);
  for (const { columns } of all) {
    for (const { type } of columns) {
      if (type.includes(".")) for (const relation of mentioned(index, wordsOf(type) ?? new Set())) all.add(relation);
    }
  }
  return [...all];
}

function mayUse(words: Words | undefined, made: ReadonlySet<string> | undefined): boolean {
  if (!words || !made) return true;
  for (const name of made) if (says(words, name)) return true;
  return false;
}
