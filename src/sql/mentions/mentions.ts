/** Every place in statements where a relation is named, also inside strings that are code. */
import { parse } from "../parser.ts";
import { insideString, tokenAt, wholeFile, type Blind, type Passage } from "../passage.ts";
import { isObject, strings, type Node, type Tree } from "../tree.ts";
import type { Access } from "./access.ts";
import { bodyPassages } from "./bodies.ts";
import { eachChild, type NamedIn } from "./children.ts";

export interface Mention {
  /** `column`: in `schema.table.column`; `type`: where a type may be a table's row type; `call`: of a function. */
  readonly access: Access | "column" | "type" | "call";
  readonly schema?: string;
  readonly name: string;
  /** Where the name begins, in bytes of the passage. */
  readonly at: number;
  readonly passage: Passage;
  /** Whatever the statement does, this is surely only read. */
  readonly isOnlyRead: boolean;
}

/** One statement of a file, of a function's body or of a PL/pgSQL statement. */
export interface Found {
  readonly kind: string;
  readonly body: Tree;
  readonly passage: Passage;
  /** Where it begins, in bytes of the passage. */
  readonly from: number;
}

export interface Mentions {
  readonly mentions: readonly Mention[];
  readonly blind: readonly Blind[];
  readonly statements: readonly Found[];
  /** Bodies in PL/pgSQL: what they say outside of statements and expressions names types. */
  readonly bodies: readonly Passage[];
}

/** Each passage once in which something stands. */
export const passagesOf = ({ statements, mentions }: Mentions): readonly Passage[] => [
  ...new Set([...statements, ...mentions].map(({ passage }) => passage)),
];

/** Names of the WITH queries that can be seen from a place. */
type Scope = ReadonlySet<string>;

interface Search {
  readonly passage: Passage;
  readonly mentions: Mention[];
  readonly blind: Blind[];
  readonly statements: Found[];
  readonly bodies: Passage[];
  /** Where the statement begins, in bytes of the passage. */
  readonly from: number;
  /** The statement's kind. */
  readonly kind: string;
  /** Temporary tables that earlier statements have made: nobody else's business. */
  readonly temporary: Set<string>;
}

/**
 * In the order of the tree. Text that does not parse mentions nothing. `temporary`: tables that texts before it have made;
 * its own are added. The caller has awaited `loadParser()`.
 */
export function mentionsIn(text: string, temporary: Set<string> = new Set()): Mentions {
  const found = { mentions: [], blind: [], statements: [], bodies: [] };
  const search: Search = { ...found, temporary, passage: wholeFile(text), from: 0, kind: "" };
  try {
    inPassage(search);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // nested deeper than the stack
    search.blind.push({ what: "what is nested this deeply", at: 0 });
  }
  return search;
}

function inPassage(search: Search): boolean {
  const parsed = parse(search.passage.text);
  if (!parsed.ok) return false;
  for (const { stmt, stmt_location: from = 0 } of parsed.tree.stmts ?? []) {
    if (!stmt) continue;
    const [kind = "", body = {}] = Object.entries(stmt)[0] ?? [];
    search.statements.push({ kind, body: body as Tree, passage: search.passage, from });
    inNode({ ...search, from, kind }, stmt, new Set());
  }
  return true;
}

function inNode(search: Search, node: object, scope: Scope): void {
  for (const [name, body] of Object.entries(node)) if (isObject(body)) inBody(search, name, body, scope);
}

function inBody(search: Search, kind: string, body: Tree, outer: Scope): void {
  const scope = isObject(body.withClause) ? inWith(search, body.withClause, outer) : outer;
  special(search, kind, body);
  eachChild(kind, body, {
    relation: (range, place) => relation(search, range, place, scope),
    body: (inner, inside) => inBody(search, inner, inside, scope),
  });
}

/** A WITH query sees those before it; after RECURSIVE all of them see each other (PostgreSQL manual, SELECT). */
function inWith(search: Search, clause: Tree, outer: Scope): Scope {
  const ctes = (clause.ctes as readonly { readonly CommonTableExpr: Tree }[]).map((cte) => cte.CommonTableExpr);
  const scope = new Set(outer);
  if (clause.recursive) for (const cte of ctes) scope.add(String(cte.ctename));
  for (const cte of ctes) {
    // The set grows, and what has been looked through does not look again.
    if (isObject(cte.ctequery)) inNode(search, cte.ctequery, scope);
    scope.add(String(cte.ctename));
  }
  return scope;
}

function relation(search: Search, range: Tree, { kind, access, isFrom }: NamedIn, scope: Scope): void {
  const name = String(range.relname);
  const schema = typeof range.schemaname === "string" ? range.schemaname : undefined;
  if (schema === "pg_temp" || (access === "make" && range.relpersistence === "t")) {
    search.temporary.add(name);
    return;
  }
  if (schema === undefined && (search.temporary.has(name) || (access === "read" && scope.has(name)))) return;
  const isOnlyRead = access === "read" && (isFrom || ONLY_READ.has(kind));
  mention(search, access, schema, name, Number(range.location ?? 0), isOnlyRead);
}

const ONLY_READ = new Set(["RangeTableSample", "TableLikeClause"]);

function mention(
  { mentions, passage }: Search,
  access: Mention["access"],
  schema: string | undefined,
  name: string,
  at: number,
  isOnlyRead = false,
): void {
  mentions.push({ access, ...(schema === undefined ? {} : { schema }), name, at, passage, isOnlyRead });
}

/** Statements that change the types that they name, or the functions with such parameters. */
const ON_TYPES = /^(Drop|Comment|Alter(?!Table)|Rename|Grant|Define|SecLabel)/;

/** Nodes that name relations in another way than as an item of FROM. */
function special(search: Search, kind: string, body: Tree): void {
  const at = Number(body.location ?? 0);
  switch (kind) {
    case "ColumnRef": {
      const names = strings(body.fields as Node[]);
      const parts = (body.fields as Node[]).length;
      if (parts === 3 && names.length >= 2) mention(search, "column", names[0], names[1]!, at, true);
      return;
    }
    case "TypeName": {
      const names = strings(body.names as Node[]);
      const isType = names.length === (body.pct_type ? 3 : 2) && names[0] !== "pg_catalog";
      if (isType) mention(search, "type", names[0], names[1]!, at, !ON_TYPES.test(search.kind));
      return;
    }
    case "TypeCast":
      if (isRegistered(body)) inLiteral(search, body.arg);
      return;
    case "FuncCall": {
      const name = strings(body.funcname as Node[]).at(-1) ?? "";
      if (TAKES_RELATION.has(name))
        inLiteral(search, (body.args as Node[] | undefined)?.[0], !CHANGES_SEQUENCE.has(name));
      return;
    }
    case "DropStmt":
    case "CommentStmt":
      inNameLists(search, body);
      return;
    case "CreateFunctionStmt":
    case "DoStmt":
      inFunction(search, body);
  }
}

const REGISTERED = new Set(["regclass", "regtype"]);

const isRegistered = ({ typeName }: Tree): boolean =>
  isObject(typeName) && REGISTERED.has(strings(typeName.names as Node[]).at(-1) ?? "");

/** Functions whose first argument is the name of a relation. */
export const TAKES_RELATION = new Set(
  `nextval currval setval to_regclass to_regtype pg_get_serial_sequence pg_relation_size pg_table_size pg_indexes_size
  pg_total_relation_size`.split(/\s+/),
);

/** Those that change it. */
export const CHANGES_SEQUENCE = new Set(["nextval", "setval"]);

/** `'schema.table'::regclass`: the string is a name, in PostgreSQL's own way of writing one. Who takes it may change it. */
function inLiteral(search: Search, node: unknown, isOnlyRead = false): void {
  const constant = isObject(node) && isObject(node.A_Const) ? node.A_Const : undefined;
  const says = constant && isObject(constant.sval) ? String(constant.sval.sval ?? "") : undefined;
  if (!constant || says === undefined) return;
  const at = Number(constant.location ?? 0);
  const tokens = search.passage.tokens();
  const inside = insideString(search.passage, tokens[tokenAt(tokens, at)], says);
  const parsed = parse(`TABLE ${says}`);
  const statement = parsed.ok ? parsed.tree.stmts?.[0]?.stmt : undefined;
  const from = statement && "SelectStmt" in statement ? statement.SelectStmt.fromClause?.[0] : undefined;
  const range = from && "RangeVar" in from ? from.RangeVar : undefined;
  if (!range?.relname) return; // an oid, or a type with a modifier
  if (!inside) search.blind.push({ what: "a name in a string with escapes", at: search.passage.toFile(at) });
  else {
    const at = (range.location ?? 0) - "TABLE ".length;
    mention({ ...search, passage: inside }, "read", range.schemaname, range.relname, at, isOnlyRead);
  }
}

const RELATIONS = new Set(
  `OBJECT_TABLE OBJECT_VIEW OBJECT_MATVIEW OBJECT_FOREIGN_TABLE OBJECT_SEQUENCE OBJECT_INDEX OBJECT_COLUMN`.split(" "),
);
/** Their own name comes last, apart from the table's: `DROP TRIGGER t ON x.a`. */
const ON_RELATION = new Set("OBJECT_TRIGGER OBJECT_POLICY OBJECT_RULE OBJECT_TABCONSTRAINT".split(" "));

/** DROP and COMMENT give names without their places: they are looked for among the tokens, in order. */
function inNameLists(search: Search, body: Tree): void {
  const type = String(body.removeType ?? body.objtype);
  if (!RELATIONS.has(type) && !ON_RELATION.has(type)) return;
  const lists = [body.objects, body.object].flat().filter(isObject);
  for (const { List } of lists) {
    const parts = strings((List as { items?: Node[] } | undefined)?.items);
    const names = body.objtype === "OBJECT_COLUMN" || ON_RELATION.has(type) ? parts.slice(0, -1) : parts;
    const [name, schema] = [names.at(-1), names.at(-2)];
    if (name === undefined || (schema === undefined && search.temporary.has(name))) continue;
    const written = ON_RELATION.has(type) ? names : parts;
    const access = type === "OBJECT_INDEX" ? "index" : "write";
    mention(search, access, schema, name, search.passage.find(written, search.from) ?? search.from);
  }
}

function inFunction(search: Search, body: Tree): void {
  const { body: whole, inside, blind } = bodyPassages(search.passage, body);
  if (whole) search.bodies.push(whole);
  search.blind.push(...blind);
  for (const { passage, what, at } of inside) if (!inPassage({ ...search, passage })) search.blind.push({ what, at });
}
