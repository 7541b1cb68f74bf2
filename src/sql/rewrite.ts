/** Other names for relations, put in at their places; everything else in the text stays as it is. */
import type { Position } from "../diagnostics/diagnostic.ts";
import type { Code, TableName } from "../project/types.ts";
import { mentionsIn, type Mention } from "./mentions/mentions.ts";
import { tokenAt } from "./mentions/piece.ts";
import { parse } from "./parser.ts";
import { placesIn } from "./positions.ts";
import type { OpaquePlace } from "./relations.ts";

/** The new name of a relation; undefined if it keeps its own. */
export type Renaming = (schema: string | undefined, name: string) => TableName | undefined;

export interface Rewritten {
  readonly text: string;
  /** From an offset in the new text (in code points, as PostgreSQL counts them) to the person's file. */
  readonly toFile: (offset: number) => Position;
  /** Where names may be hidden that could not be exchanged. */
  readonly opaque: readonly OpaquePlace[];
}

/** In UTF-16 units of the old text. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The text with new names for relations wherever one is named: in FROM, as the target of a statement, in
 * `schema.table.column`, as a row type, in bodies of functions and in `'schema.table'::regclass`. Comments, aliases and
 * columns of the same name stay. A table that gets another name (not only another schema) gets its old one as alias,
 * so that its columns can be named as before. Text that does not parse comes back as it is. The caller has awaited
 * `loadParser()`.
 */
export function rewriteRelations(code: Pick<Code, "text" | "line" | "column">, renaming: Renaming): Rewritten {
  const places = placesIn(code);
  const { mentions, blind } = mentionsIn(code.text);
  const edits = new Map<number, Edit>();
  const lost: OpaquePlace[] = blind.map(({ what, at }) => ({ what, start: places.position(at) }));
  const inOrder = [...mentions].sort((a, b) => a.piece.toFile(a.at) - b.piece.toFile(b.at));
  for (const mention of inOrder) {
    const to = renaming(mention.schema, mention.name);
    if (!to) continue;
    const edit = editOf(mention, to);
    if (!edit) {
      lost.push({ what: `the name "${mention.name}"`, start: places.position(mention.piece.toFile(mention.at)) });
      continue;
    }
    const from = places.index(edit.from);
    edits.set(from, { from, to: places.index(edit.to), text: edit.text });
  }
  const sorted = [...edits.values()].sort((a, b) => a.from - b.from);
  const { text, oldIndex } = applied(code.text, sorted);
  const positions = charactersOf(code);
  return { text, toFile: (offset) => positions(oldIndex(indexOfCharacter(text, offset))), opaque: lost };
}

/** The bytes of the file that the name takes up, and what stands there instead. */
function editOf({ piece, at, schema, name, access, canHaveAlias }: Mention, to: TableName): Edit | undefined {
  const tokens = piece.tokens();
  const first = tokenAt(tokens, at);
  const start = tokens[first];
  const last = tokens[schema === undefined ? first : first + 2];
  if (!start || !last || start.start !== at) return undefined;
  const isRenamed = to.name !== name;
  // `TABLE t` takes no alias; nobody can name its columns either.
  const needsAlias = isRenamed && canHaveAlias && tokens[first - 1]?.text.toLowerCase() !== "table";
  const alias = needsAlias ? ` AS ${quoted(name)}` : "";
  const text = access === "column" && isRenamed ? quoted(name) : `${quoted(to.schema)}.${quoted(to.name)}${alias}`;
  const end = piece.toFile(last.start) + (last.end - last.start);
  return { from: piece.toFile(start.start), to: end, text: piece.isQuoted ? text.replaceAll("'", "''") : text };
}

/** In quotes unless the grammar takes it as it is. */
function quoted(name: string): string {
  const isPlain = /^[a-z_][a-z0-9_]*$/.test(name) && parse(`TABLE ${name}`).ok;
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}

interface Applied {
  readonly text: string;
  /** From an index in the new text to one in the old; inside a new name it is the beginning of the old. */
  readonly oldIndex: (index: number) => number;
}

function applied(old: string, edits: readonly Edit[]): Applied {
  const parts: string[] = [];
  const marks: { readonly at: number; readonly end: number; readonly edit: Edit }[] = [];
  let done = 0;
  let length = 0;
  for (const edit of edits) {
    const kept = old.slice(done, edit.from);
    parts.push(kept, edit.text);
    marks.push({ at: length + kept.length, end: length + kept.length + edit.text.length, edit });
    length += kept.length + edit.text.length;
    done = edit.to;
  }
  parts.push(old.slice(done));
  const oldIndex = (index: number): number => {
    const mark = marks.findLast(({ at }) => at <= index);
    if (!mark) return index;
    return index < mark.end ? mark.edit.from : mark.edit.to + (index - mark.end);
  };
  return { text: parts.join(""), oldIndex };
}

function indexOfCharacter(text: string, offset: number): number {
  let at = 0;
  let index = 0;
  for (const character of text) {
    if (at++ === offset) break;
    index += character.length;
  }
  return index;
}

/** Places by UTF-16 index. */
function charactersOf(code: Pick<Code, "text" | "line" | "column">): (index: number) => Position {
  return (index) => {
    const before = code.text.slice(0, index);
    const lineStart = before.lastIndexOf("\n") + 1;
    const lines = lineStart === 0 ? 0 : before.slice(0, lineStart).split("\n").length - 1;
    return {
      line: code.line + lines,
      column: (lines === 0 ? code.column : 1) + [...before.slice(lineStart)].length,
    };
  };
}
