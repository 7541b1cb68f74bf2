/** What a statement does to the relation in one of its fields. What is not listed here is read. */
export type Access = "read" | "write" | "make" | "make_sequence" | Unseen;

/** An index does not say which table it is on; a type is no relation. */
type Unseen = "index" | "row_type";

const ACCESS: Readonly<Record<string, Readonly<Record<string, Access>>>> = {
  InsertStmt: { relation: "write" },
  UpdateStmt: { relation: "write" },
  DeleteStmt: { relation: "write" },
  MergeStmt: { relation: "write" },
  TruncateStmt: { relations: "write" },
  LockStmt: { relations: "write" },
  CreateStmt: { relation: "make" },
  base: { relation: "make" }, // of CREATE FOREIGN TABLE
  into: { rel: "make" }, // of CREATE TABLE AS
  intoClause: { rel: "make" },
  ViewStmt: { view: "make" },
  CreateSeqStmt: { sequence: "make_sequence" },
  IndexStmt: { relation: "write" },
  AlterTableStmt: { relation: "write" },
  AlterSeqStmt: { sequence: "write" },
  RenameStmt: { relation: "write" },
  AlterObjectSchemaStmt: { relation: "write" },
  RefreshMatViewStmt: { relation: "write" },
  CreateTrigStmt: { relation: "write" },
  RuleStmt: { relation: "write" },
  CreatePolicyStmt: { table: "write" },
  AlterPolicyStmt: { table: "write" },
  CreateStatsStmt: { relations: "write" },
  GrantStmt: { objects: "write" },
  VacuumRelation: { relation: "write" },
  ClusterStmt: { relation: "write" },
  CopyFrom: { relation: "write" },
  ReindexStmt: { relation: "write" },
  CompositeTypeStmt: { typevar: "row_type" },
  ofIndex: { relation: "index" },
};

/** Statements whose `relation` is an index. */
export const isOfIndex = (body: Readonly<Record<string, unknown>>): boolean =>
  [body.objtype, body.renameType].includes("OBJECT_INDEX") || body.kind === "REINDEX_OBJECT_INDEX";

export const accessOf = (kind: string, field: string): Access => ACCESS[kind]?.[field] ?? "read";
