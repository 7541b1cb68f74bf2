/** Pieces of SQL for Python: the library that TypeScript's tests use, under the protocol. */
import { patch as patchOf, replacementsOf } from "../../library/patches.ts";
import { rendering } from "../../library/query.ts";
import { piece } from "../../library/selectors.ts";
import { freezeTime, isInstant } from "../../sql/freeze/freeze.ts";
import { loadParser } from "../../sql/parser.ts";
import { Literal, type Row, type Value } from "../../sql/pieces/types.ts";
import { impossibleTest } from "../codes.ts";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { FreezeRequest, FrozenText, PiecePatch, PieceValue, Rendered, RenderRequest } from "./protocol.ts";

/** @throws PieceProblem */
export async function render({ text, piece: selector, patches, offset }: RenderRequest): Promise<Rendered> {
  await loadParser();
  const steps = selector === "" ? [] : piece(selector).steps;
  const made = rendering(text, steps, replacementsOf(patches.map(patchFrom), 0));
  return {
    text: made.text,
    replaced: made.replaced.map(({ selector: own, places }) => ({ piece: own, places })),
    ...(offset !== undefined && { place: made.toOriginal(offset) }),
  };
}

/** @throws DiagnosticError where `now` is no instant */
export async function freeze({ text, now }: FreezeRequest): Promise<FrozenText> {
  await loadParser();
  const frozen = freezeTime({ text, line: 1, column: 1 }, instant(now));
  const unfreezable = frozen.unfreezable.map(({ what, start, reads }) => ({ what, reads, ...start }));
  return { text: frozen.text, unfreezable };
}

/** @throws DiagnosticError where it is none */
export function instant(now: string): string {
  if (isInstant(now)) return now;
  const message = "the time must be an instant with its zone, such as 2018-04-17T06:00:00Z";
  throw new DiagnosticError([impossibleTest({ message })]);
}

const patchFrom = ({ piece: selector, rows, columns }: PiecePatch) => patchOf(selector, rows.map(rowFrom), columns);

const rowFrom = (row: PiecePatch["rows"][number]): Row =>
  isList(row)
    ? row.map(valueFrom)
    : Object.fromEntries(Object.entries(row).map(([name, value]) => [name, valueFrom(value)]));

const isList = (row: PiecePatch["rows"][number]): row is readonly PieceValue[] => Array.isArray(row);

function valueFrom(value: PieceValue): Value {
  if (value === null || typeof value !== "object") return value;
  if ("int" in value) return BigInt(value.int);
  if ("literal" in value) return new Literal(...value.literal);
  return value.list.map(valueFrom);
}
