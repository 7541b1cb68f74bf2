/** A text put together anew from parts of an old one; places in it lead back to the person's file. */
import type { Position } from "../diagnostics/diagnostic.ts";
import type { SqlText } from "./positions.ts";

/** In UTF-16 units of the old text. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** This text instead of what stands there. */
export interface Edit extends Range {
  readonly text: string;
}

/** A range of the old text as it is, or an edit in its place. */
export type Part = Range | Edit;

export interface Composed {
  readonly text: string;
  /**
   * From an offset in the new text (in code points from 0, as PostgreSQL counts them) to the person's file; inside of
   * an edit's text it is the beginning of what it stands for.
   */
  readonly toFile: (offset: number) => Position;
}

/** The old text with edits made; they may not overlap. */
export function applyEdits(code: SqlText, edits: readonly Edit[]): Composed {
  return compose(code, withEdits({ from: 0, to: code.text.length }, edits));
}

/** A range of the old text, as parts, with the edits that stand in it. */
export function withEdits({ from, to }: Range, edits: readonly Edit[]): readonly Part[] {
  const inside = edits.filter((edit) => edit.from >= from && edit.to <= to);
  inside.sort((a, b) => a.from - b.from || a.to - b.to);
  const parts: Part[] = [];
  let done = from;
  for (const edit of inside) {
    parts.push({ from: done, to: edit.from }, edit);
    done = edit.to;
  }
  return [...parts, { from: done, to }];
}

export function compose(code: SqlText, parts: readonly Part[]): Composed {
  const marks: { readonly at: number; readonly part: Part }[] = [];
  const texts: string[] = [];
  let length = 0;
  for (const part of parts) {
    const text = "text" in part ? part.text : code.text.slice(part.from, part.to);
    if (text === "") continue;
    marks.push({ at: length, part });
    texts.push(text);
    length += text.length;
  }
  const text = texts.join("");
  const oldIndex = (index: number): number => {
    const mark = marks.findLast(({ at }) => at <= index);
    if (!mark) return index;
    return "text" in mark.part ? mark.part.from : Math.min(mark.part.from + index - mark.at, mark.part.to);
  };
  return { text, toFile: (offset) => positionOf(code, oldIndex(indexOfCharacter(text, offset))) };
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

function positionOf(code: SqlText, index: number): Position {
  const before = code.text.slice(0, index);
  const lineStart = before.lastIndexOf("\n") + 1;
  const lines = lineStart === 0 ? 0 : before.slice(0, lineStart).split("\n").length - 1;
  return {
    line: code.line + lines,
    column: (lines === 0 ? code.column : 1) + [...before.slice(lineStart)].length,
  };
}
