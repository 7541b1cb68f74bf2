/** YAML as a person would type it: short lists and columns on one line, blocks where they are long. */
import { stringify } from "yaml";

const WIDTH = 110;

/** A value that only a person knows. It is left empty, so that `ctf check` asks for it until somebody speaks. */
export interface Gap {
  readonly gap: string;
}

/** One item of a list, with a remark behind it. */
export interface Item {
  readonly item: Fields;
  readonly note?: string;
}

/** `spread`: each key on its own line, without braces. */
export interface List {
  readonly items: readonly Item[];
  readonly spread?: boolean;
}

export type Fields = Readonly<Record<string, unknown>>;
/** `["kind", "no_op"]`, or a line of comment. */
export type Entry = readonly [key: string, value: Value] | string;
export type Value = string | number | boolean | Gap | readonly string[] | List | Block;
/** Entries that stand indented under a key. */
interface Block {
  readonly block: readonly Entry[];
}

/** The word to search for; the documentation tells people to. */
export const MARK = "FILL IN";
export const gap = (text: string): Gap => ({ gap: text });

export const yamlText = (entries: readonly Entry[]): string => `${blockLines(entries, 0).join("\n")}\n`;

/** One item of a list that has lists of its own. */
export function blockItemLines(entries: readonly Entry[], indent: number): string[] {
  const [first = "", ...rest] = blockLines(entries, indent + 2);
  return [`${" ".repeat(indent)}- ${first.trimStart()}`, ...rest];
}

function blockLines(entries: readonly Entry[], indent: number): string[] {
  const pad = " ".repeat(indent);
  return entries.flatMap((entry) => {
    if (typeof entry === "string") return [`${pad}# ${entry}`];
    const [key, value] = entry;
    return valueLines(`${pad}${key}:`, value, indent);
  });
}

function valueLines(head: string, value: Value, indent: number): string[] {
  if (typeof value !== "object") return hanging(`${head} `, value, indent);
  if ("gap" in value) return [gapLine(head, value)];
  if ("block" in value) return [head, ...blockLines(value.block, indent + 2)];
  if ("items" in value) return [head, ...value.items.flatMap((item) => itemLines(item, indent + 2, value.spread))];
  const line = `${head} ${flow(value)}`;
  return line.length <= WIDTH ? [line] : [head, ...value.map((text) => `${" ".repeat(indent + 2)}- ${flow(text)}`)];
}

/** One item of a list: `- {name: month, type: date}`, or a block where that is too long. */
function itemLines({ item, note }: Item, indent: number, spread = false): string[] {
  const pad = " ".repeat(indent);
  const values = Object.values(item);
  const line = `${pad}- ${flow(item)}`;
  const breaks = values.some((value) => typeof value === "string" && value.includes("\n"));
  if (!spread && !breaks && line.length <= WIDTH) return [note === undefined ? line : `${line} # ${note}`];
  const [first = "", ...rest] = Object.entries(item).flatMap(([key, value]) => fieldLines(key, value, indent + 2));
  return [...(note === undefined ? [] : [`${pad}# ${note}`]), `${pad}- ${first.trimStart()}`, ...rest];
}

function fieldLines(key: string, value: unknown, indent: number): string[] {
  const head = `${" ".repeat(indent)}${key}:`;
  if (typeof value !== "object" || value === null) return hanging(`${head} `, value, indent);
  return "gap" in value ? [gapLine(head, value as Gap)] : [`${head} ${flow(value)}`];
}

const gapLine = (head: string, { gap }: Gap): string => `${head} # ${MARK}: ${gap}`;

/** A single value after its key, folded into an indented block where it is long. */
function hanging(head: string, value: unknown, indent: number): string[] {
  // A block's closing line breaks are easily lost, so they are escaped.
  if (typeof value === "string" && value.endsWith("\n")) return [head + flow(value)];
  const key = "k";
  const text = withoutLineEnd(stringify({ [key]: value }, { lineWidth: Math.max(40, WIDTH - indent) }));
  const [first = "", ...rest] = text.split("\n");
  return [head + first.slice(key.length + 2), ...rest.map((line) => (line === "" ? "" : " ".repeat(indent) + line))];
}

const ONE_LINE = { collectionStyle: "flow", flowCollectionPadding: false, lineWidth: 0 } as const;
const ESCAPED = {
  defaultStringType: "QUOTE_DOUBLE",
  defaultKeyType: "PLAIN",
  doubleQuotedMinMultiLineLength: Infinity,
} as const;

/** A value on one line; line breaks in it become \\n, which needs quotes. */
function flow(value: unknown): string {
  const text = withoutLineEnd(stringify(value, ONE_LINE));
  return text.includes("\n") ? withoutLineEnd(stringify(value, { ...ONE_LINE, ...ESCAPED })) : text;
}

/** Other space at the end may be the value's own. */
const withoutLineEnd = (text: string): string => text.replace(/\n$/, "");
