/**
 * Statements of which it is known that every object in them can be found: a closed list. Whatever is not on it might
 * change something that nobody sees in its text.
 */
import type { Found } from "../mentions/mentions.ts";
import { tokenAt, type Blind } from "../passage.ts";
import { isObject, type Node } from "../tree.ts";
import { namedObjects } from "./objects.ts";

const KNOWN = new Set(
  `SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt TruncateStmt LockStmt CopyStmt
  CreateStmt CreateTableAsStmt ViewStmt CreateSeqStmt IndexStmt CreateStatsStmt CreateTrigStmt RuleStmt
  CreatePolicyStmt CreateFunctionStmt CreateEnumStmt CreateDomainStmt CreateRangeStmt CompositeTypeStmt CreateSchemaStmt
  AlterTableStmt AlterSeqStmt AlterStatsStmt AlterPolicyStmt AlterFunctionStmt AlterEnumStmt AlterDomainStmt
  AlterOwnerStmt RenameStmt DropStmt CommentStmt GrantStmt DefineStmt RefreshMatViewStmt ReindexStmt ClusterStmt
  VacuumStmt DoStmt CallStmt ExplainStmt PrepareStmt ExecuteStmt DeallocateStmt DeclareCursorStmt FetchStmt
  ClosePortalStmt VariableSetStmt VariableShowStmt ConstraintsSetStmt`.split(/\s+/),
);

/** What keeps a statement from being moved into other schemas. `schemas`: those that it may change. */
export function keepsFromMoving(
  found: Found,
  schemas: ReadonlySet<string>,
  temporary: ReadonlySet<string>,
): readonly Blind[] {
  const words = whatOf(found, schemas) ?? objectsElsewhere(found, schemas, temporary);
  return words === undefined ? [] : [{ what: words, at: found.passage.toFile(beginOf(found)) }];
}

/** A statement's own place is that of the blanks and comments before it. */
function beginOf({ passage, from }: Found): number {
  const tokens = passage.tokens();
  return tokens[tokenAt(tokens, from)]?.start ?? from;
}

function whatOf({ kind, body }: Found, schemas: ReadonlySet<string>): string | undefined {
  if (!KNOWN.has(kind)) return `a statement that acts on more than tables (${kind.replace(/Stmt$/, "")})`;
  switch (kind) {
    case "CopyStmt":
      return body.is_from && !body.is_program ? undefined : "COPY to a file or a program of the server";
    case "VariableSetStmt":
      return searchPath(body, schemas);
    case "CreateFunctionStmt":
    case "AlterFunctionStmt":
      return [body.options, body.actions]
        .flat()
        .flatMap((option) => searchPathSet(option, schemas))
        .at(0);
    case "CreateSchemaStmt":
      if (body.schemaElts !== undefined || typeof body.schemaname !== "string")
        return "CREATE SCHEMA with more than a name";
      return schemas.has(body.schemaname) ? undefined : "CREATE SCHEMA for one that holds no output";
    case "VacuumStmt":
      return body.rels === undefined ? "VACUUM or ANALYZE of the whole database" : undefined;
    case "ReindexStmt":
      return body.relation === undefined ? "REINDEX of a whole schema or database" : undefined;
    case "ClusterStmt":
      return body.relation === undefined ? "CLUSTER of the whole database" : undefined;
    default:
      return undefined;
  }
}

/** `SET search_path = …` among the options of a function. */
function searchPathSet(option: unknown, schemas: ReadonlySet<string>): readonly string[] {
  const element = isObject(option) && isObject(option.DefElem) ? option.DefElem : undefined;
  const set = element?.defname === "set" && isObject(element.arg) ? element.arg.VariableSetStmt : undefined;
  const words = isObject(set) ? searchPath(set, schemas) : undefined;
  return words === undefined ? [] : [words];
}

/** Names without a schema would be found in production's. */
function searchPath(body: Found["body"], schemas: ReadonlySet<string>): string | undefined {
  if (body.name !== "search_path") return undefined;
  const names = ((body.args as readonly Node[] | undefined) ?? []).flatMap((node) =>
    "A_Const" in node && node.A_Const.sval ? [node.A_Const.sval.sval ?? ""] : [],
  );
  return names.some((name) => schemas.has(name)) ? "a search_path that names a schema of outputs" : undefined;
}

function objectsElsewhere(
  found: Found,
  schemas: ReadonlySet<string>,
  temporary: ReadonlySet<string>,
): string | undefined {
  const objects = namedObjects(found);
  if (!objects) return "a statement on something that lives in no schema";
  const outside = objects.find(([first = "", ...rest]) =>
    rest.length === 0 ? !temporary.has(first) : !schemas.has(first) && first !== "pg_temp",
  );
  if (!outside) return undefined;
  return `a change to ${outside.join(".")}, which is not in a schema of the project's outputs`;
}
