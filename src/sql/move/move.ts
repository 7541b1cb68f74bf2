/**
 * Statements moved into other schemas: whatever they write goes there, and what they only read is looked for where it is.
 * Nothing that names one of the schemas is left as it was: a place that can't be seen through is told, and no statement
 * with such a place may run.
 */
import { applyEdits, type Edit } from "../edits.ts";
import { mentionsIn } from "../mentions/mentions.ts";
import { placesIn, type SqlText } from "../positions.ts";
import { callsIn } from "./calls.ts";
import { namesInSchemas, schemasAlone } from "./names.ts";
import { holdsOn, namedElsewhere, notExchanged } from "./obstacles.ts";
import { keepsFromMoving } from "./statements_seen_through.ts";
import type { Move, Moved } from "./types.ts";

/**
 * `temporary`: names of the temporary tables that statements before it have made; its own are added. The caller has awaited
 * `loadParser()`.
 */
export function moveStatements(code: SqlText, move: Move, temporary: Set<string> = new Set()): Moved {
  const found = mentionsIn(code.text, temporary);
  const calls = found.statements.map((statement) => callsIn(statement, move.schemas, move.functions));
  const called = calls.flatMap((one) => one.mentions);
  const columns = new Set(calls.flatMap((one) => [...one.columns]));
  const named = namesInSchemas(found, called, columns, move);
  const blind = [
    ...found.blind,
    ...notExchanged([...found.mentions, ...called], found, named, move.schemas),
    ...found.statements.flatMap((statement) => keepsFromMoving(statement, move.schemas, temporary)),
    ...calls.flatMap((one) => one.blind),
    ...found.mentions.flatMap((mention) => namedElsewhere(mention, move.schemas)),
    ...found.mentions.flatMap((mention) => holdsOn(mention, found, move)),
  ];
  const places = placesIn(code);
  const inText = [...schemasAlone(found, move), ...named]
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, text }) => ({ from: places.index(from), to: places.index(to), text }));
  return {
    text: applyEdits(code, inText).text,
    renamed: renamedBy(code.text, inText),
    opaque: blind.sort((a, b) => a.at - b.at).map(({ what, at }) => ({ what, start: places.position(at) })),
  };
}

/** In the order of the text; in code points of the new one. */
function renamedBy(text: string, edits: readonly Edit[]): Moved["renamed"] {
  let at = 0;
  let done = 0;
  return edits.map((edit) => {
    const was = text.slice(edit.from, edit.to);
    at += codePoints(text.slice(done, edit.from));
    done = edit.to;
    const one = { at, length: codePoints(edit.text), was };
    at += one.length;
    return one;
  });
}

const codePoints = (text: string): number => [...text].length;
