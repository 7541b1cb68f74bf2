/** One SQL file → what it uses. */
import type { Code } from "../../project/types.ts";
import { type Relation, relationsUsed } from "../../sql/relations.ts";
import { oneSelect, splitStatements } from "../../sql/statements.ts";
import type { Mention, SqlFile, Uses } from "./types.ts";

/** The caller has awaited `loadParser()`. */
export function readUses(code: Code, holds: SqlFile["holds"]): Uses {
  const problems = problemsOf(code, holds);
  if (problems.length > 0) return { reads: [], writes: [], opaque: [], problems };
  const { reads, writes, makes, opaque } = relationsUsed(code);
  const own = new Set(makes.map(nameOf));
  return {
    // Statements may read what those before them made.
    reads: reads.filter((relation) => !own.has(nameOf(relation))).flatMap(mentions),
    writes: [
      ...makes.flatMap(mentions).map((mention) => ({ ...mention, how: "makes" }) as const),
      ...writes
        .filter((relation) => !own.has(nameOf(relation)))
        .flatMap(mentions)
        .map((mention) => ({ ...mention, how: "changes" }) as const),
    ],
    opaque,
    problems,
  };
}

const nameOf = ({ schema, name }: Relation): string => JSON.stringify([schema, name]);

const mentions = ({ places, ...relation }: Relation): readonly Mention[] =>
  places.map((start) => ({ ...relation, start }));

function problemsOf(code: Code, holds: SqlFile["holds"]): Uses["problems"] {
  if (holds === "statements") return splitStatements(code).diagnostics;
  const select = oneSelect(code);
  return "text" in select ? [] : select;
}
