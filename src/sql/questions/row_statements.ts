import { parse } from "../parser.ts";

const OF_ROWS = new Set([
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "MergeStmt",
  "TruncateStmt",
  "LockStmt",
]);
const OF_NOTHING_THERE = new Set(["CreateStmt", "VariableSetStmt", "VariableShowStmt"]);

/**
 * Whether a statement leaves alone what there is but for rows: it alters, replaces and drops nothing. A DO block may do
 * anything. The caller has awaited `loadParser()`.
 */
export function changesRowsOnly(text: string): boolean {
  const parsed = parse(text);
  return (
    parsed.ok &&
    (parsed.tree.stmts ?? []).every(({ stmt }) => {
      const [kind] = Object.keys(stmt ?? {});
      if (stmt && "TruncateStmt" in stmt && stmt.TruncateStmt.restart_seqs) return false;
      return kind === undefined || OF_ROWS.has(kind) || OF_NOTHING_THERE.has(kind);
    })
  );
}
