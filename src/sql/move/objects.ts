/** The objects that statements make, change, drop or comment on, other than relations named in their own place. */
import type { Found, Mention } from "../mentions/mentions.ts";
import { isObject, strings, type Node } from "../tree.ts";

/** What a name stands for: each has names of its own in a schema. */
export type What = "relation" | "function" | "type";

export const whatIs = ({ access }: Mention): What =>
  access === "type" ? "type" : access === "call" ? "function" : "relation";

export interface MadeObject {
  readonly what: What;
  /** As it is written: the schema, where it is given, and the name. */
  readonly names: readonly string[];
}

/** Which list of the statement's body names what it makes. */
const MAKES: Readonly<Record<string, readonly [field: string, what: What]>> = {
  CreateFunctionStmt: ["funcname", "function"],
  CreateEnumStmt: ["typeName", "type"],
  CreateDomainStmt: ["domainname", "type"],
  CreateRangeStmt: ["typeName", "type"],
};

/** Functions and types that a statement makes. */
export function madeObjects({ kind, body }: Pick<Found, "kind" | "body">): readonly MadeObject[] {
  const made = MAKES[kind];
  if (made) return [{ what: made[1], names: namesIn(body[made[0]]) }];
  if (kind !== "CompositeTypeStmt" || !isObject(body.typevar)) return [];
  const { schemaname, relname } = body.typevar;
  return [{ what: "type", names: [schemaname, relname].filter((name) => typeof name === "string") }];
}

/** Kinds of objects that live in a schema; those of a table give the table's name before their own. */
const IN_SCHEMA = new Set(
  `TABLE VIEW MATVIEW SEQUENCE INDEX FUNCTION PROCEDURE ROUTINE AGGREGATE TYPE DOMAIN STATISTIC_EXT`
    .split(" ")
    .map((kind) => `OBJECT_${kind}`),
);
const ON_TABLE = new Set(`COLUMN TABCONSTRAINT TRIGGER POLICY RULE`.split(" ").map((kind) => `OBJECT_${kind}`));

/**
 * The names of all objects that a statement other than on rows is about, as far as they stand in lists; undefined for one
 * about something that does not live in a schema.
 */
export function namedObjects({ kind, body }: Found): readonly (readonly string[])[] | undefined {
  switch (kind) {
    case "CreateStatsStmt":
      return body.defnames === undefined ? [] : [namesIn(body.defnames)];
    case "AlterStatsStmt":
    case "DefineStmt":
      return [namesIn(body.defnames)];
    case "AlterEnumStmt":
    case "AlterDomainStmt":
      return [namesIn(body.typeName)];
    case "AlterFunctionStmt":
      return [namesIn(body.func)];
    case "GrantStmt":
      return grantedOn(body);
    case "DropStmt":
    case "CommentStmt":
    case "AlterOwnerStmt":
    case "RenameStmt": {
      const type = String(body.removeType ?? body.objtype ?? body.objectType ?? body.renameType);
      if (kind === "CommentStmt" && type === "OBJECT_SCHEMA") return [wholeSchema(body.object)];
      if (!IN_SCHEMA.has(type) && !ON_TABLE.has(type)) return undefined;
      const objects = [body.objects, body.object].flat().filter(isObject).map(namesIn);
      return ON_TABLE.has(type) ? objects.map((names) => names.slice(0, -1)) : objects;
    }
    default:
      return madeObjects({ kind, body }).map(({ names }) => names);
  }
}

const wholeSchema = (node: unknown): readonly string[] => [...namesIn(node), "*"];

/** Relations are looked at elsewhere. */
function grantedOn(body: Found["body"]): readonly (readonly string[])[] | undefined {
  const type = String(body.objtype);
  if (body.targtype === "ACL_TARGET_ALL_IN_SCHEMA" || type === "OBJECT_SCHEMA")
    return [body.objects].flat().map(wholeSchema);
  if (type === "OBJECT_TABLE" || type === "OBJECT_SEQUENCE") return [];
  if (body.targtype !== "ACL_TARGET_OBJECT" || !IN_SCHEMA.has(type)) return undefined;
  return [body.objects].flat().filter(isObject).map(namesIn);
}

/** The parser gives names as lists of strings, in several wrappings. */
function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return strings(value as Node[]);
  if (!isObject(value)) return [];
  const inner = value.List ?? value.TypeName ?? value.ObjectWithArgs ?? value;
  if (!isObject(inner)) return [];
  return strings((inner.items ?? inner.names ?? inner.objname ?? [value]) as Node[]);
}
