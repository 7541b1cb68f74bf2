/** A form as both engines see it: its nodes, each with its path, from whatever schema they came. */
import type { AnswerClass } from "../../../plan/types.ts";
import type { Reason } from "../reasons.ts";

export interface Form {
  readonly key: string;
  /** In pre-order; the first is the root, which every form has. */
  readonly nodes: readonly FormNode[];
  readonly faults: readonly FormFault[];
}

export interface FormNode {
  /** Its place in `nodes`; that of the node above. */
  readonly id: number;
  readonly parent: number | undefined;
  readonly slug: string;
  readonly path: string;
  /** How many slugs the path has. */
  readonly depth: number;
  /** It may hold an object with the answers of the nodes below. */
  readonly section: boolean;
  /** It may hold an answer, or a list of them. */
  readonly answer?: { readonly type: string; readonly is: AnswerClass };
  readonly tag?: string;
  /** By language; under "" what has none. */
  readonly labels: Readonly<Record<string, string>>;
  /** The rule by which it is shown, as JSON. */
  readonly show?: string;
  readonly viewOnly: boolean;
  readonly ignored: boolean;
}

/** What is wrong with a schema, and where. */
export interface FormFault {
  readonly form: string | null;
  readonly path: string | null;
  readonly reason: Reason;
  /** The schema's own text of it. */
  readonly raw: string;
}

/** What every form of one transform is read with. */
export interface Reading {
  readonly types: Readonly<Record<string, AnswerClass>>;
  readonly ignore: readonly string[];
}

const known: Readonly<Record<string, AnswerClass>> = {
  number: "number",
  integer: "number",
  int: "number",
  float: "number",
  decimal: "number",
  quantity: "number",
  boolean: "boolean",
  bool: "boolean",
  date: "date",
};

/** `numberArray` is a list of what `number` is. */
export function answerClass(type: string, { types }: Reading): AnswerClass {
  if (Object.hasOwn(types, type)) return types[type]!;
  const single = type.replace(/Array$/, "");
  return Object.hasOwn(known, single) ? known[single]! : "text";
}

/** The path itself, or one above it, is to be left out. */
export const isIgnored = (path: string, { ignore }: Pick<Reading, "ignore">): boolean =>
  ignore.some((left) => path === left || path.startsWith(`${left}.`));
