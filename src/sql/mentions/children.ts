/** One step into a statement's tree: the relations that a node's body names, and the bodies inside of it. */
import { isNodeName, isObject, type Tree } from "../tree.ts";
import { accessOf, isOfIndex, type Access } from "./access.ts";

/** Where a body names a relation. */
export interface NamedIn {
  readonly kind: string;
  readonly access: Access;
  /** It is an item of FROM or the like: what is read stands there under a name. */
  readonly isFrom: boolean;
}

interface Visitor {
  relation(range: Tree, place: NamedIn): void;
  /** `kind`: the node's type, or the field where the grammar leaves that out. `field`: of the body around it. */
  body(kind: string, body: Tree, field: string): void;
}

const FROM = new Set(["fromClause", "larg", "rarg", "sourceRelation", "usingClause"]);

/** In the order of the tree. The WITH clause is left out: whoever walks has to know first which names it gives. */
export function eachChild(kind: string, body: Tree, visitor: Visitor): void {
  const does = isOfIndex(body) ? "ofIndex" : kind === "CopyStmt" && body.is_from ? "CopyFrom" : kind;
  for (const field in body) {
    // Locking clauses name aliases.
    if (field === "withClause" || field === "lockingClause") continue;
    const value = body[field];
    if (isObject(value)) inField(does, field, value, visitor);
  }
}

function inField(kind: string, field: string, value: Tree, visitor: Visitor): void {
  if (Array.isArray(value)) {
    for (const item of value) if (isObject(item)) inField(kind, field, item, visitor);
  } else if (isObject(value.RangeVar)) visitor.relation(value.RangeVar, placeOf(kind, field));
  else if (typeof value.relname === "string") visitor.relation(value, placeOf(kind, field));
  else if (Array.isArray(value.names) && "typemod" in value) visitor.body("TypeName", value, field);
  else if (isNodeName(Object.keys(value)[0] ?? "a")) {
    for (const [inner, body] of Object.entries(value)) if (isObject(body)) visitor.body(inner, body, field);
  } else visitor.body(field, value, field);
}

const placeOf = (kind: string, field: string): NamedIn => ({
  kind,
  access: accessOf(kind, field),
  isFrom: FROM.has(field),
});
