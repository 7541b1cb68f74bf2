/**
 * What in a text can give another result for the same rows: by chance, or by the order in which rows come. Nothing here is
 * wrong by itself; it names the suspects where a result was seen to differ.
 */
import type { Position } from "../../diagnostics/diagnostic.ts";
import type { Code } from "../../project/types.ts";
import { parse } from "../parser.ts";
import { placesIn } from "../positions.ts";
import { as, type BodyOf, eachObject, type Node, strings } from "../tree.ts";

export interface Suspect {
  /** As in "… has no ORDER BY". */
  readonly what: string;
  readonly by: "chance" | "order";
  readonly start: Position;
}

const BY_CHANCE: ReadonlySet<string> = new Set(
  `random random_normal setseed gen_random_uuid gen_random_bytes uuid_generate_v1 uuid_generate_v4 uuidv4 uuidv7 nextval
  clock_timestamp statement_timestamp timeofday pg_backend_pid txid_current pg_current_xact_id`.split(/\s+/),
);
/** Aggregates whose result says in which order the rows came. */
const IN_ORDER: ReadonlySet<string> = new Set(
  `array_agg string_agg json_agg jsonb_agg json_agg_strict jsonb_agg_strict json_object_agg jsonb_object_agg xmlagg
  any_value`.split(/\s+/),
);
const WINDOWED: ReadonlySet<string> = new Set(
  "row_number first_value last_value nth_value lag lead ntile".split(/\s+/),
);

interface Found extends Omit<Suspect, "start"> {
  readonly byte: number;
}

/** In the order of the text. The caller has awaited `loadParser()`. */
export function suspectsIn(code: Code): readonly Suspect[] {
  const parsed = parse(code.text);
  if (!parsed.ok) return [];
  const found: Found[] = [];
  eachObject(parsed.tree, (node) => {
    const call = as("FuncCall", node as Node);
    if (call) found.push(...calls(call));
    // The sides of a UNION stand there without the name of their type.
    if ("limitOption" in node) found.push(...selects(node as BodyOf<"SelectStmt">));
  });
  const places = placesIn(code);
  return found
    .sort((a, b) => a.byte - b.byte)
    .map(({ what, by, byte }) => ({ what, by, start: places.position(byte) }));
}

function calls({ funcname, agg_order, over, location = 0 }: BodyOf<"FuncCall">): readonly Found[] {
  const name = strings(funcname).at(-1) ?? "";
  if (BY_CHANCE.has(name)) return [{ what: `${name}()`, by: "chance", byte: location }];
  if (over) {
    if (!WINDOWED.has(name)) return [];
    const isSorted = over.orderClause ?? over.name ?? over.refname;
    const what = isSorted ? `${name}() over rows that its ORDER BY does not tell apart` : `${name}() without ORDER BY`;
    return [{ what, by: "order", byte: location }];
  }
  if (!IN_ORDER.has(name)) return [];
  const what = agg_order ? `${name}() over rows that its ORDER BY does not tell apart` : `${name}() without ORDER BY`;
  return [{ what, by: "order", byte: location }];
}

function selects(select: BodyOf<"SelectStmt">): readonly Found[] {
  const sorted = select.sortClause !== undefined;
  const found: Found[] = [];
  const limit = select.limitCount ?? select.limitOffset;
  if (limit) {
    const what = sorted ? "LIMIT among rows that ORDER BY does not tell apart" : "LIMIT without ORDER BY";
    found.push({ what, by: "order", byte: placeOf(limit) ?? 0 });
  }
  const on = (select.distinctClause ?? []).filter((node) => Object.keys(node).length > 0);
  if (on.length > 0) {
    const what = sorted ? "DISTINCT ON among rows that ORDER BY does not tell apart" : "DISTINCT ON without ORDER BY";
    found.push({ what, by: "order", byte: placeOf(on[0]!) ?? 0 });
  }
  return found;
}

/** The first place that a node says anything of. */
function placeOf(node: Node): number | undefined {
  let first: number | undefined;
  eachObject(node, ({ location }) => {
    if (typeof location === "number") first ??= location;
  });
  return first;
}
