/** What a statement does to the relation in one of its fields. What is not listed here is read. */
export type Access = "read" | "write" | "make" | "make_sequence";

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
};

export const accessOf = (kind: string, field: string): Access => ACCESS[kind]?.[field] ?? "read";
