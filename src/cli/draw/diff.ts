/** A difference for people at a terminal. */
import { type Breaking, breakingIn } from "../../diff/annotations.ts";
import { byOwner } from "../../diff/by_owner.ts";
import type { Compared } from "../../diff/compare.ts";
import { baseText, statusText, summaryText } from "../../diff/summary.ts";
import type { Area, Change, Entry, Reader } from "../../diff/types.ts";
import { counted } from "../terminal/numbers.ts";
import { fit, pad, type Style, widthOf } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";

export function drawDifference(compared: Compared, style: Style, width?: number): readonly string[] {
  const { entries } = compared.difference;
  const against = baseText(compared);
  if (entries.length === 0) return [`No transform, source or pipeline has changed since ${against}.`];
  const breaking = breakingIn(compared.difference);
  const summary = `Compared with ${against}: ${summaryText(compared)}.`;
  const lines = [
    breaking.length > 0 ? style.bold(summary) : summary,
    ...groups(entries).flatMap((group) => ["", ...drawGroup(group, style)]),
    ...drawOwners(breaking, style, width),
  ];
  return width === undefined ? lines : lines.map((line) => fit(line, width));
}

/** Neighbours in one pipeline that changed in the same way, as when its defaults change. */
function groups(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const found: Entry[][] = [];
  const sameAs = ({ what, pipeline, status, unreadable, changes }: Entry): string =>
    JSON.stringify([what, pipeline, status, unreadable, changes]);
  for (const entry of entries) {
    const last = found.at(-1);
    const isPlain = entry.status === "changed" && entry.changes.every(({ contract }) => !contract);
    if (last && isPlain && sameAs(last[0]!) === sameAs(entry)) last.push(entry);
    else found.push([entry]);
  }
  return found;
}

function drawGroup([first, ...others]: readonly Entry[], style: Style): readonly string[] {
  const entry = first!;
  const kind = entry.what === "transform" ? "" : `${entry.what} `;
  const more = others.length === 0 ? "" : ` and ${others.length} more of ${entry.pipeline}`;
  const heading = `${kind}${style.bold(entry.name)}${more}  ${style.dim(statusText(entry))}`;
  const isToldAll = entry.status === "added" || (entry.status === "removed" && entry.changes.length === 0);
  return [heading, ...(isToldAll ? [] : entry.changes.flatMap((change) => drawChange(change, style)))];
}

const AREA_WIDTH = "operations".length;

function drawChange({ area, text, contract }: Change, style: Style): readonly string[] {
  const breaks = contract?.breaking === true;
  const label = breaks ? "breaking" : area;
  const line = `  ${colors(style)[label](pad(label, AREA_WIDTH))}  ${text}`;
  if (!breaks) return [line];
  const { readers, further } = contract;
  const indent = " ".repeat(AREA_WIDTH + 4);
  if (readers.length === 0) return [line, `${indent}${style.dim("nobody in the project reads it")}`];
  const first = readers.slice(0, MOST_READERS);
  const names = Math.max(...first.map(({ transform }) => widthOf(transform)));
  const drawn = first.map((reader) => {
    const how = pad(reader.how === "may_read" ? "may read it" : "reads it", "may read it".length);
    return `${indent}${pad(reader.transform, names)}  ${style.dim(how)}  ${notes(reader)}`.trimEnd();
  });
  if (readers.length > first.length) drawn.push(`${indent}${style.dim(`and ${readers.length - first.length} more`)}`);
  const behind = further.length === 0 ? [] : [`${indent}${style.dim(furtherText(further))}`];
  return [line, ...drawn, ...behind];
}

const colors = ({ red, yellow, cyan, dim }: Style): Readonly<Record<Area | "breaking", (text: string) => string>> => ({
  breaking: red,
  contract: yellow,
  logic: cyan,
  operations: (text) => text,
  words: dim,
});

const notes = ({ owners, changedToo }: Reader): string =>
  [owners.join(", "), ...(changedToo ? ["changed here too"] : [])].filter(Boolean).join("; ");

const SHOWN = 3;
const MOST_READERS = 20;

const furtherText = (further: readonly Reader[]): string =>
  `${counted(further.length, "transform")} further down: ${some(further.map(({ transform }) => transform))}`;

const some = (names: readonly string[]): string =>
  names.length > SHOWN ? `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more` : names.join(", ");

function drawOwners(breaking: readonly Breaking[], style: Style, width?: number): readonly string[] {
  const owners = byOwner(breaking);
  if (owners.length === 0) return [];
  const columns = [
    { title: "whom to ask", min: 16 },
    { title: "reads what breaks", min: 16 },
    { title: "further down", min: 12 },
  ];
  const rows = owners.map(({ owner, reads, follows }) => [owner, some(reads), some(follows)]);
  return ["", ...table(columns, rows, style, width)];
}
