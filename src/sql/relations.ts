/** The tables and views that statements read, write and make. */
import type { Position } from "../diagnostics/diagnostic.ts";
import type { Code, TableName } from "../project/types.ts";
import { mentionsIn, type Mention } from "./mentions/mentions.ts";
import { placesIn, type SqlText } from "./positions.ts";

/** A table or view as a query names it. */
export interface RelationRead {
  readonly schema?: string;
  readonly name: string;
  /** Where it is named first, in the person's file. */
  readonly start: Position;
}

/** A table or view that statements name, by PostgreSQL's rules for capitals. No schema: it is not qualified. */
export interface Relation {
  readonly schema?: string;
  readonly name: string;
  /** Every place where it is named so, in the person's file. */
  readonly places: readonly Position[];
}

/** A place in the file where relations may be named that nobody can see before it runs. */
export interface OpaquePlace {
  /** As in "… is not looked into". */
  readonly what: string;
  readonly start: Position;
}

export interface Relations {
  readonly reads: readonly Relation[];
  /** What statements change, drop or alter. */
  readonly writes: readonly Relation[];
  /** What statements create; temporary tables are left out. */
  readonly makes: readonly Relation[];
  /** The sequences that they create in statements of their own. */
  readonly sequences: readonly Relation[];
  readonly opaque: readonly OpaquePlace[];
}

/**
 * Every relation that statements name: each once, in the order of first mention, with all its places. Names of WITH
 * queries, of functions and of temporary tables made here are none. Bodies of SQL and PL/pgSQL functions and names in
 * `'…'::regclass` count. Text that does not parse names nothing: `splitStatements` says what is wrong with it. The
 * caller has awaited `loadParser()`.
 */
export function relationsUsed(code: SqlText): Relations {
  const { mentions, blind } = mentionsIn(code.text);
  const places = placesIn(code);
  const sorted = mentions
    .map((mention) => ({ mention, at: mention.passage.toFile(mention.at) }))
    .sort((a, b) => a.at - b.at);
  const of = (access: Mention["access"]): readonly Relation[] => {
    const found = new Map<string, Relation & { places: Position[] }>();
    for (const { mention, at } of sorted) {
      if (mention.access !== access) continue;
      const key = JSON.stringify([mention.schema, mention.name]);
      const { schema, name } = mention;
      const known = found.get(key) ?? { ...(schema === undefined ? {} : { schema }), name, places: [] };
      known.places.push(places.position(at));
      found.set(key, known);
    }
    return [...found.values()];
  };
  return {
    reads: of("read"),
    writes: of("write"),
    makes: of("make"),
    sequences: of("make_sequence"),
    opaque: blind.map(({ what, at }) => ({ what, start: places.position(at) })),
  };
}

/** The tables and views that a SELECT reads, each once, in the order of their first mention. */
export function relationsRead(code: SqlText): readonly RelationRead[] {
  return relationsUsed(code).reads.map(({ places, ...relation }) => ({ ...relation, start: places[0]! }));
}

/** The tables and views that statements create under a qualified name. */
export function relationsMade(code: Pick<Code, "text">): readonly TableName[] {
  return relationsUsed({ ...code, line: 1, column: 1 }).makes.flatMap(({ schema, name }) =>
    schema === undefined ? [] : [{ schema, name }],
  );
}
