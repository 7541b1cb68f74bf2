/** One SQL file → its statements, and what they use. */
import type { Code } from "../../project/types.ts";
import type { Catalog } from "../../sql/lineage/scope.ts";
import { type Relation, relationsUsed } from "../../sql/relations.ts";
import { cutStatements } from "../../sql/statements.ts";
import { NO_FLOWS, readFlows } from "./flows.ts";
import type { Contents, Mention, SqlFile, StatementPlace, Uses } from "./types.ts";

/** The caller has awaited `loadParser()`. */
export function readContents(code: Code, holds: SqlFile["holds"], catalog: Catalog): Contents {
  const { statements, diagnostics: problems } = cutStatements(code, holds);
  if (problems.length > 0) {
    return { statements: [], uses: { reads: [], writes: [], opaque: [], problems }, flows: NO_FLOWS };
  }
  const places = statements.map(({ text, line, column }): StatementPlace => {
    // Where the same text stands more than once, any of them will do.
    const from = code.text.indexOf(text);
    return [from, from + text.length, line, column];
  });
  return { statements: places, uses: usesOf(code), flows: readFlows(code, holds, catalog) };
}

function usesOf(code: Code): Uses {
  const { reads, writes, makes, sequences, opaque } = relationsUsed(code);
  const made = new Set([...makes, ...sequences].map(nameOf));
  const isOwn = (relation: Relation) => made.has(nameOf(relation)) || makes.some((table) => isSerial(relation, table));
  return {
    // Statements may read what those before them made. A sequence needs no word: nobody but its maker may use it.
    reads: reads.filter((relation) => !isOwn(relation)).flatMap(mentions),
    writes: [
      ...makes.flatMap(mentions).map((mention) => ({ ...mention, how: "makes" }) as const),
      ...writes
        .filter((relation) => !isOwn(relation))
        .flatMap(mentions)
        .map((mention) => ({ ...mention, how: "changes" }) as const),
    ],
    opaque,
    problems: [],
  };
}

const nameOf = ({ schema, name }: Relation): string => JSON.stringify([schema, name]);

/** Whether it has the name of a sequence that PostgreSQL makes with a table, for a column of type serial or an identity. */
const isSerial = ({ schema, name }: Relation, table: Relation): boolean =>
  schema === table.schema && name.startsWith(`${table.name}_`) && name.endsWith("_seq");

const mentions = ({ places, ...relation }: Relation): readonly Mention[] =>
  places.map((start) => ({ ...relation, start }));
