/** Every piece of a text that can be selected, and who reads whom: one walk through the syntax tree. */
import { eachChild, type NamedIn } from "../mentions/children.ts";
import { parse } from "../parser.ts";
import { wholeFile, type Passage } from "../passage.ts";
import { as, isObject, strings, type Node, type Tree } from "../tree.ts";
import { namesBound } from "./bound.ts";

interface Common {
  /** The next piece around it. */
  readonly parent?: Item;
  /** Where it begins, or a place inside of it that orders it among the others; in bytes. */
  readonly at: number;
  /** The WITH clauses that can be seen from here, the nearest last. */
  readonly clauses: readonly Clause[];
  /** What the queries around it name in FROM. */
  readonly outer: ReadonlySet<string>;
}

export type Item = Common &
  (
    | { readonly kind: "statement"; readonly node: Node; readonly end: number | undefined }
    | { readonly kind: "cte"; readonly name: string; readonly body: Tree; readonly clause: Clause }
    /** In FROM, or (without an alias) in an expression. */
    | { readonly kind: "subquery"; readonly alias?: string; readonly body: Tree; readonly inFrom: boolean }
    | {
        readonly kind: "table";
        readonly schema?: string;
        readonly name: string;
        readonly range: Tree;
        /** Why rows can't stand there, if they can't. */
        readonly fixed?: string;
        /** Where a column is named with the table's schema, in bytes. */
        readonly qualified: number[];
      }
    | { readonly kind: "insert_into" | "create_table_as"; readonly schema?: string; readonly name: string }
    | { readonly kind: "body"; readonly of: Tree }
  );

export type ItemOf<Kind extends Item["kind"]> = Extract<Item, { readonly kind: Kind }>;

/** One WITH and its queries. */
interface Clause {
  readonly recursive: boolean;
  readonly ctes: ItemOf<"cte">[];
}

export interface Outline {
  readonly passage: Passage;
  /** In the order of the text. */
  readonly items: readonly Item[];
  /** The WITH queries that are read inside of each piece, and by which piece directly. */
  readonly reads: ReadonlyMap<Item, readonly Read[]>;
}

interface Read {
  readonly cte: ItemOf<"cte">;
  readonly from: Item;
}

/** Names in FROM of one query, for `schema.table.column`. */
interface Scope {
  readonly outer?: Scope;
  readonly tables: ItemOf<"table">[];
}

interface Here {
  readonly parent?: Item;
  readonly clauses: readonly Clause[];
  /** By name, the WITH queries that can be seen. */
  readonly seen: ReadonlyMap<string, ItemOf<"cte">>;
  readonly outer: ReadonlySet<string>;
  readonly scope: Scope;
}

interface Walk {
  readonly passage: Passage;
  readonly items: Item[];
  readonly reads: Map<Item, Read[]>;
  readonly columns: { readonly parts: readonly string[]; readonly at: number; readonly scope: Scope }[];
}

/** Undefined if the text does not parse. The caller has awaited `loadParser()`. */
export function outlineOf(text: string): Outline | undefined {
  const parsed = parse(text);
  if (!parsed.ok) return undefined;
  const walk: Walk = { passage: wholeFile(text), items: [], reads: new Map(), columns: [] };
  for (const { stmt, stmt_location: start = 0, stmt_len: length } of parsed.tree.stmts ?? []) {
    if (!stmt) continue;
    const end = length === undefined || length === 0 ? undefined : start + length;
    const here: Here = { clauses: [], seen: new Map(), outer: new Set(), scope: { tables: [] } };
    inNode(walk, stmt, {
      ...here,
      parent: add<ItemOf<"statement">>(walk, here, { kind: "statement", at: start, node: stmt, end }),
    });
  }
  for (const { parts, at, scope } of walk.columns) {
    for (let one: Scope | undefined = scope; one; one = one.outer) {
      const table = one.tables.find(
        ({ schema, name, range }) => schema === parts[0] && name === parts[1] && !range.alias,
      );
      table?.qualified.push(at);
      if (table) break;
    }
  }
  return { passage: walk.passage, items: walk.items.sort((a, b) => a.at - b.at), reads: walk.reads };
}

type Bare<T> = T extends unknown ? Omit<T, "parent" | "clauses" | "outer"> : never;

function add<Added extends Item>(walk: Walk, here: Here, item: Bare<Added>): Added {
  const { parent, clauses, outer } = here;
  const whole = { ...item, ...(parent ? { parent } : {}), clauses, outer } as unknown as Added;
  walk.items.push(whole);
  return whole;
}

function inNode(walk: Walk, node: object, here: Here): void {
  for (const [name, body] of Object.entries(node)) if (isObject(body)) inBody(walk, name, body, here);
}

function inBody(walk: Walk, kind: string, body: Tree, outside: Here): void {
  const entered = inside(walk, kind, body, outside);
  const here = isObject(body.withClause) ? inWith(walk, body.withClause, entered) : entered;
  eachChild(kind, body, {
    relation: (range, place) => relation(walk, range, place, here),
    body: (inner, within, field) => {
      const isBody =
        (kind === "InsertStmt" && field === "selectStmt") || (kind === "CreateTableAsStmt" && field === "query");
      inBody(walk, inner, within, isBody ? { ...here, parent: bodyOf(walk, body, here) } : here);
    },
  });
  if (kind === "InsertStmt" && body.selectStmt === undefined) bodyOf(walk, body, here);
}

/** What a node opens: a piece, or a query with its own names. */
function inside(walk: Walk, kind: string, body: Tree, here: Here): Here {
  switch (kind) {
    case "SelectStmt":
    case "UpdateStmt":
    case "DeleteStmt":
    case "MergeStmt":
      return query(body, here);
    case "larg":
    case "rarg":
      return body.op === undefined ? here : query(body, here);
    case "InsertStmt":
      return query(body, { ...here, parent: target(walk, "insert_into", body.relation as Tree, here) });
    case "CreateTableAsStmt": {
      const { rel } = body.into as { readonly rel: Tree };
      return body.objtype === "OBJECT_TABLE" ? { ...here, parent: target(walk, "create_table_as", rel, here) } : here;
    }
    case "RangeSubselect":
    case "SubLink": {
      const alias = isObject(body.alias) ? String(body.alias.aliasname) : undefined;
      const named = alias === undefined ? {} : { alias };
      const at = placeIn(body);
      return {
        ...here,
        parent: add<ItemOf<"subquery">>(walk, here, {
          kind: "subquery",
          at,
          ...named,
          body,
          inFrom: kind !== "SubLink",
        }),
      };
    }
    case "ColumnRef": {
      const parts = strings(body.fields as Node[]);
      if ((body.fields as Node[]).length === 3) {
        walk.columns.push({ parts, at: Number(body.location ?? 0), scope: here.scope });
      }
    }
  }
  return here;
}

function query(body: Tree, here: Here): Here {
  return { ...here, outer: new Set([...here.outer, ...namesBound(body)]), scope: { outer: here.scope, tables: [] } };
}

function target(walk: Walk, kind: "insert_into" | "create_table_as", range: Tree, here: Here): Item {
  return add<ItemOf<"insert_into" | "create_table_as">>(walk, here, {
    kind,
    at: Number(range.location ?? 0),
    ...nameOf(range),
  });
}

function bodyOf(walk: Walk, of: Tree, here: Here): Item {
  const query = of.selectStmt ?? of.query;
  const at = query === undefined ? Number((of.relation as Tree).location ?? 0) : placeIn(query);
  return add<ItemOf<"body">>(walk, here, { kind: "body", at, of });
}

/** A WITH query sees those before it; after RECURSIVE all of them see each other. */
function inWith(walk: Walk, withClause: Tree, here: Here): Here {
  const nodes = (withClause.ctes as readonly Node[]).flatMap((node) => as("CommonTableExpr", node) ?? []);
  const clause: Clause = { recursive: Boolean(withClause.recursive), ctes: [] };
  const around = { ...here, clauses: [...here.clauses, clause] };
  const items = nodes.map((body) => {
    const [name, at] = [String(body.ctename), body.location ?? 0];
    return add<ItemOf<"cte">>(walk, around, { kind: "cte", at, name, body: body as unknown as Tree, clause });
  });
  clause.ctes.push(...items);
  const seen = new Map(here.seen);
  if (clause.recursive) for (const item of items) seen.set(item.name, item);
  for (const [n, item] of items.entries()) {
    const query = nodes[n]!.ctequery;
    // The map grows, and what has been looked through does not look again.
    if (query) inNode(walk, query, { ...around, seen, parent: item });
    seen.set(item.name, item);
  }
  return { ...around, seen };
}

function relation(walk: Walk, range: Tree, { kind, access, isFrom }: NamedIn, here: Here): void {
  if (access !== "read") return;
  const cte = range.schemaname === undefined ? here.seen.get(String(range.relname)) : undefined;
  if (cte) {
    for (let around = here.parent; around; around = around.parent) {
      const reads = walk.reads.get(around) ?? [];
      walk.reads.set(around, reads);
      reads.push({ cte, from: here.parent! });
    }
    return;
  }
  const fixed =
    kind === "RangeTableSample"
      ? "TABLESAMPLE takes a table only"
      : isFrom
        ? undefined
        : "the statement needs the table itself";
  const item = add<ItemOf<"table">>(walk, here, {
    kind: "table",
    at: Number(range.location ?? 0),
    ...nameOf(range),
    range,
    ...(fixed === undefined ? {} : { fixed }),
    qualified: [],
  });
  if (isFrom) here.scope.tables.push(item);
}

const nameOf = (range: Tree): { readonly schema?: string; readonly name: string } => ({
  ...(typeof range.schemaname === "string" ? { schema: range.schemaname } : {}),
  name: String(range.relname),
});

/** SELECT INTO makes a table. */
export function isQuery(node: Node): boolean {
  const select = as("SelectStmt", node);
  return select !== undefined && select.intoClause === undefined;
}

/** The first place that the tree gives inside of a node; 0 if it gives none. */
export function placeIn(node: unknown): number {
  const first = firstPlace(node);
  return first === Infinity ? 0 : first;
}

/** Of queries, which are asked for again by those around them. */
const places = new WeakMap<object, number>();

function firstPlace(node: unknown): number {
  if (!isObject(node)) return Infinity;
  const known = places.get(node);
  if (known !== undefined) return known;
  let first = typeof node.location === "number" && node.location > 0 ? node.location : Infinity;
  for (const value of Object.values(node)) first = Math.min(first, firstPlace(value));
  if ("SelectStmt" in node) places.set(node, first);
  return first;
}
