/** What is wrong with a row, for the rejects table and for people: from its SQLSTATE, without any value. */
import { constraintWords } from "../build/table.ts";
import { stateWords } from "../errors.ts";
import type { Key, Target } from "./target.ts";

export interface Fault {
  readonly column?: string;
  /** SQLSTATE */
  readonly reason: string;
  readonly message: string;
}

/** A value that its column does not take. */
export function valueFault({ output }: Target, name: string, reason: string): Fault {
  const type = output.columns.find((column) => column.name === name)?.type ?? "its type";
  return { column: name, reason, message: ofValue(name, reason, type) };
}

function ofValue(name: string, reason: string, type: string): string {
  switch (reason) {
    case "22P02":
    case "22007":
      return `${name} is not ${type}`;
    case "22003":
    case "22008":
      return `${name} is out of the range of ${type}`;
    case "22001":
      return `${name} is too long for ${type}`;
    case "23502":
      return `${name} is NULL, and it is declared not null`;
    case "23514":
      return `${name} is not a possible value of ${type}`;
    default:
      return `${name}: ${stateWords(reason)}`;
  }
}

export const checkFault = ({ output }: Target, constraint: string): Fault => ({
  reason: "23514",
  message: `breaks the constraint ${constraintWords(output, constraint)}`,
});

export const keyFault = ({ beside }: Target, key: Key): Fault => ({
  ...(key.columns.length === 1 ? { column: key.columns[0] as string } : {}),
  reason: "23505",
  message: `${key.type === "primary" ? "the primary key" : "the key"} (${key.columns.join(", ")}) comes twice${beside ? ", or is in the table already" : ""}`,
});
