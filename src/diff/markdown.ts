/** A difference as a comment for code review. */
import { type Breaking, breakingIn } from "./annotations.ts";
import { byOwner } from "./by_owner.ts";
import type { Compared } from "./compare.ts";
import { baseText, statusText, summaryText } from "./summary.ts";
import type { Entry, Reader } from "./types.ts";

export function markdown(compared: Compared): string {
  const { entries } = compared.difference;
  const title = `### Changes against ${code(baseText(compared))}`;
  if (entries.length === 0) return `${title}\n\nNo transform, source or pipeline has changed.\n`;
  const breaking = breakingIn(compared.difference);
  const parts = [title, `**${summaryText(compared)}**`];
  if (breaking.length > 0) {
    parts.push(table(["breaking", "read by", "further down"], breaking.map(breakingRow)));
    const owners = byOwner(breaking);
    if (owners.length > 0) {
      const rows = owners.map(({ owner, reads, follows }) => [code(owner), list(reads), list(follows)]);
      parts.push(table(["whom to ask", "reads what breaks", "further down"], rows));
    }
  }
  parts.push(table(["changed", "in", "what"], entries.map(entryRow)));
  return `${parts.join("\n\n")}\n`;
}

const breakingRow = ({ entry, text: what, contract }: Breaking): readonly string[] => [
  `${code(entry.name)}: ${text(what)}`,
  contract.readers.length === 0 ? "nobody in the project" : readersText(contract.readers),
  list(contract.further.map(({ transform }) => transform)),
];

const entryRow = (entry: Entry): readonly string[] => [
  `${entry.what === "transform" ? "" : `${entry.what} `}${code(entry.name)}`,
  text(statusText(entry)),
  entry.changes.map((change) => text(change.text)).join("<br>"),
];

function readersText(readers: readonly Reader[]): string {
  const more = readers.length > MOST ? [`and ${readers.length - MOST} more`] : [];
  return [...readers.slice(0, MOST).map(readerText), ...more].join("<br>");
}

const readerText = ({ transform, owners, how, changedToo }: Reader): string => {
  const notes = [...(how === "may_read" ? ["may read it"] : []), ...(changedToo ? ["changed here too"] : [])];
  const who = owners.length === 0 ? "" : ` ${owners.map(code).join(", ")}`;
  return `${code(transform)}${who}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
};

const MOST = 10;

function list(names: readonly string[]): string {
  const shown = names.slice(0, MOST).map(code).join(", ");
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}

const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** What people wrote can't end a cell, a line or a code span. */
const text = (words: string): string => words.replace(/\s+/g, " ").replace(/[\\`*_|<>[\]#]/g, "\\$&");
const code = (words: string): string => `\`${words.replace(/[`|\s]+/g, " ")}\``;
