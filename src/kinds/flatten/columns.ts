/** What fills each column of the output: a part of the answer, or something that goes along from its document. */
import type { EventColumn, EventPart } from "../../plan/types.ts";
import type { Column } from "../../project/types.ts";
import type { Spec } from "./syntax.ts";

const TEXT = ["text"];

/** Each with its types: of any other, something might be cut off or rounded without a word. */
const parts: Readonly<Record<EventPart, readonly string[]>> = {
  schema_path: TEXT,
  item_index: ["integer[]", "int[]", "int4[]"],
  value: TEXT,
  answer_type: TEXT,
  tag: TEXT,
  value_text: TEXT,
  value_number: ["numeric", "decimal"],
  value_boolean: ["boolean", "bool"],
  value_date: ["date"],
  value_json: ["jsonb", "json"],
  processed_on: ["timestamptz", "timestamp with time zone"],
};

/** The type that a part of an answer is to be declared with, where it has another. */
export function wrongType({ name, type, from }: EventColumn): string | undefined {
  if (from.type === "document") return undefined;
  const types = parts[from.part];
  return types.includes(type.toLowerCase().replaceAll(/\s+/g, " ").trim()) ? undefined : `${name} is ${types[0]}`;
}

export const partNames = Object.keys(parts) as readonly EventPart[];

/** From the output's column to the document's that fills it. The key and schema_key go along where the output names them. */
export function carriedColumns({ flatten: { documents } }: Spec): ReadonlyMap<string, string> {
  const { carry = [], key, schema_key: formKey } = documents;
  const named = Array.isArray(carry) ? carry.map((name) => [name, name] as const) : Object.entries(carry);
  const renamed = new Set(named.map(([from]) => from));
  const own = [key, ...(formKey === undefined ? [] : [formKey])].filter((name) => !renamed.has(name));
  return new Map([...own.map((name) => [name, name] as const), ...named.map(([from, to]) => [to, from] as const)]);
}

/** Columns without any source are left out: PostgreSQL fills them, or they are told as problems. */
export function eventColumns(spec: Spec, columns: readonly Column[]): readonly EventColumn[] {
  const carried = carriedColumns(spec);
  return columns.flatMap(({ name, type }): EventColumn[] => {
    const column = carried.get(name);
    if (column !== undefined) return [{ name, type, from: { type: "document", column } }];
    return Object.hasOwn(parts, name) ? [{ name, type, from: { type: "leaf", part: name as EventPart } }] : [];
  });
}

/** The output's column with the document's key. */
export const keyColumn = (spec: Spec, columns: readonly Column[]): string | undefined => {
  const carried = carriedColumns(spec);
  return columns.find(({ name }) => carried.get(name) === spec.flatten.documents.key)?.name;
};
