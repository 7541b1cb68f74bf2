/** What breaks, at the places in the definitions where it was changed. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { makeLocator } from "../project/locate.ts";
import { breakingContract } from "./codes.ts";
import type { ContractChange, Difference, Entry, Reader } from "./types.ts";

export interface Breaking {
  readonly entry: Entry;
  readonly text: string;
  readonly contract: ContractChange;
}

export const breakingIn = ({ entries }: Difference): readonly Breaking[] =>
  entries.flatMap((entry) =>
    entry.changes.flatMap(({ text, contract }) => (contract?.breaking ? [{ entry, text, contract }] : [])),
  );

/** One for each breaking change; of what was removed, without a place. */
export async function breakingDiagnostics(difference: Difference, root: string): Promise<readonly Diagnostic[]> {
  const breaking = breakingIn(difference);
  if (breaking.length === 0) return [];
  const locate = await makeLocator(root);
  return breaking.map(({ entry, text, contract }) => {
    const { readers, further, place } = contract;
    const whom = readers.length === 0 ? "nobody in the project reads it" : `read by ${some(readers)}`;
    const more = further.length === 0 ? "" : `, and ${further.length} further down`;
    return breakingContract({
      message: `${entry.name}: ${text} (${whom}${more})`,
      ...(entry.file !== undefined && { span: locate(entry.file, place) }),
      ...(entry.what === "transform" && { transform: entry.name }),
    });
  });
}

const MOST = 10;

function some(readers: readonly Reader[]): string {
  const more = readers.length > MOST ? ` and ${readers.length - MOST} more` : "";
  return `${readers.slice(0, MOST).map(withOwners).join(", ")}${more}`;
}

const withOwners = ({ transform, owners }: Reader): string =>
  owners.length === 0 ? transform : `${transform} (${owners.join(", ")})`;
