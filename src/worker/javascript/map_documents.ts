/** A person's function for each node of nested documents, as python/ctf/map_documents.py has it. */
import { below } from "../../warehouse/flatten/paths.ts";
import { isMap, JsonNumber, readJson, type Json } from "../../warehouse/flatten/stream/json.ts";

export type MapNode = (path: string, value: unknown) => unknown;

/** A value that JSON has no form for, in words without the value. */
export class Refused extends Error {}
/** What the function gives for what it gave has no end. */
export class EverDeeper extends Error {}

/** A document has no more than a thousand. */
export const MOST_LEVELS = 1200;

interface Node {
  readonly path: string;
  readonly value: unknown;
  /** What stood there before. */
  readonly given: Json | undefined;
  /** What is written before it: its name in an object. */
  readonly label: string;
}

/** An object or a list that is being written. */
interface Open {
  readonly members: readonly Node[];
  readonly end: string;
  done: number;
}

/**
 * The text of the document with what `map` gives in the place of each value, from the top down.
 *
 * First comes the document itself, with the path "", then what is in it: the members of an object at its path and their
 * name, those of a list at the list's own path. What the function gives is walked on. A number that it leaves in its place
 * keeps its digits, also those that JavaScript's numbers have no room for.
 *
 * @throws Refused, EverDeeper, and what `map` throws
 */
export function mapDocument(map: MapNode, document: string): string {
  const read = readJson(document);
  if ("fault" in read) throw new Error("it is no document");
  let text = "";
  const open: Open[] = [];
  const write = (node: Node): void => {
    const result = map(node.path, node.value);
    if (typeof result !== "object" || result === null) {
      text += node.label + scalarText(result, node.given);
      return;
    }
    if (open.length === MOST_LEVELS) throw new EverDeeper();
    const list = Array.isArray(result);
    text += node.label + (list ? "[" : "{");
    open.push({ members: list ? itemsOf(result, node) : membersOf(result, node), end: list ? "]" : "}", done: 0 });
  };
  write({ path: "", value: plain(read.value), given: read.value, label: "" });
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const member = top.members[top.done];
    if (member) {
      if (top.done++ > 0) text += ",";
      write(member);
    } else {
      text += top.end;
      open.pop();
    }
  }
  return text;
}

function itemsOf(list: readonly unknown[], { path, given }: Node): readonly Node[] {
  const before = Array.isArray(given) ? (given as readonly Json[]) : [];
  return Array.from(list, (value, n) => ({ path, value: there(value), given: before[n], label: "" }));
}

function membersOf(object: object, { path, given }: Node): readonly Node[] {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Refused("what is no plain object has no form in JSON");
  }
  const before = given !== undefined && isMap(given) ? given : undefined;
  return Object.entries(object).map(([name, value]) => ({
    path: below(path, name),
    value: there(value),
    given: before?.get(name),
    label: `${JSON.stringify(name)}:`,
  }));
}

/** A member that is undefined is mostly a slip, and nothing may vanish by one. */
function there(value: unknown): unknown {
  if (value === undefined) throw new Refused("undefined has no form in JSON");
  return value;
}

function scalarText(value: unknown, given: Json | undefined): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
    case "bigint":
      if (given instanceof JsonNumber && value === numberOf(given)) return given.text;
      if (typeof value === "bigint" || Number.isFinite(value)) return String(value);
      throw new Refused("NaN and infinity have no form in JSON");
    case "boolean":
    case "object":
      return String(value);
    default:
      throw new Refused(`${typeof value} has no form in JSON`);
  }
}

/** A whole number that a JavaScript number would round is a bigint. */
function numberOf({ text }: JsonNumber): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) || text.includes(".") ? number : BigInt(text);
}

/** As JSON.parse gives it. */
function plain(value: Json): unknown {
  if (value instanceof JsonNumber) return numberOf(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map(plain);
  if (typeof value !== "object" || value === null) return value;
  const members: [string, unknown][] = [];
  for (const [name, member] of value as ReadonlyMap<string, Json>) members.push([name, plain(member)]);
  return Object.fromEntries(members);
}
