import type { Node } from "libpg-query";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Code } from "../project/types.ts";
import { copyStream, noStatement, notOneSelect, parameter, syntaxError, transactionStatement } from "./codes.ts";
import { parse } from "./parser.ts";
import { pastedIn } from "./pasted.ts";
import { placesIn, spanIn } from "./positions.ts";
import { hintOnSlip } from "./slips.ts";
import { eachObject } from "./tree.ts";

interface Statement extends Code {
  readonly tree: Node;
}

type Split = { readonly statements: readonly Statement[]; readonly diagnostics: readonly Diagnostic[] };

/** Cuts a file into its statements, each with its own place in it. Comments before a statement are left out. */
function split(code: Code): Split {
  const pasted = pastedIn(code);
  if (pasted) return { statements: [], diagnostics: [pasted] };
  const parsed = parse(code.text);
  if (!parsed.ok) {
    const { message, offset } = parsed.problem;
    const hint = hintOnSlip(code.text, offset);
    const span = spanIn(code, offset);
    const problem = syntaxError({ message: `SQL: ${message}`, span, ...(hint !== undefined && { hint }) });
    return { statements: [], diagnostics: [problem] };
  }
  const places = placesIn(code);
  const end = Buffer.byteLength(code.text);
  const statements = (parsed.tree.stmts ?? []).flatMap((raw): Statement[] => {
    if (!raw.stmt) return [];
    const start = raw.stmt_location ?? 0;
    const place = places.position(start);
    const text = code.text.slice(places.index(start), places.index(raw.stmt_len ? start + raw.stmt_len : end));
    return [{ file: code.file, text: text.trimEnd(), ...place, tree: raw.stmt }];
  });
  if (statements.length > 0) return { statements, diagnostics: [] };
  const message = `${code.file} has no SQL statement in it`;
  return { statements, diagnostics: [noStatement({ message, span: spanIn(code, 0) })] };
}

/** Whether a text begins or ends transactions; of one that does not parse nobody knows. The caller has awaited `loadParser()`. */
export function transactionStatements(text: string): boolean {
  const parsed = parse(text);
  return parsed.ok && (parsed.tree.stmts ?? []).some(({ stmt }) => stmt && "TransactionStmt" in stmt);
}

/** The statements of a `sql` transform's file; the caller has awaited `loadParser()`. */
export function splitStatements(code: Code): Cut {
  const { statements, diagnostics } = split(code);
  const problems = statements.flatMap((statement): Diagnostic[] => {
    const span = spanIn(statement, 0);
    if ("TransactionStmt" in statement.tree) {
      return [transactionStatement({ message: "a transform does not begin or end transactions itself", span })];
    }
    if ("CopyStmt" in statement.tree && !statement.tree.CopyStmt.filename && !statement.tree.CopyStmt.is_program) {
      return [copyStream({ message: "COPY from STDIN or to STDOUT has nobody to talk to here", span })];
    }
    return [];
  });
  return {
    statements: statements.map(({ tree: _, ...statement }) => statement),
    diagnostics: [...diagnostics, ...problems],
  };
}

/**
 * The one SELECT of a file, cut from its comments and its semicolon, or what is wrong with it; the caller has awaited
 * `loadParser()`.
 */
export function oneSelect(code: Code): Code | readonly Diagnostic[] {
  const { statements, diagnostics } = split(code);
  const first = statements[0];
  if (!first) return diagnostics;
  const problems = statements.flatMap((statement, n): Diagnostic[] => {
    const span = spanIn(statement, 0);
    if (n > 0) return [notOneSelect({ message: "a second statement; here stands one SELECT and nothing else", span })];
    if (!("SelectStmt" in statement.tree)) {
      return [notOneSelect({ message: "this is not a SELECT; CTF makes the table itself, from a SELECT", span })];
    }
    if (statement.tree.SelectStmt.intoClause) {
      return [notOneSelect({ message: "SELECT INTO makes a table; leave INTO out, CTF makes the table itself", span })];
    }
    if (statement.tree.SelectStmt.lockingClause) {
      return [notOneSelect({ message: "FOR UPDATE or FOR SHARE locks rows of an input; leave it out", span })];
    }
    const writes = statement.tree.SelectStmt.withClause?.ctes?.some(
      (cte) =>
        "CommonTableExpr" in cte && cte.CommonTableExpr.ctequery && !("SelectStmt" in cte.CommonTableExpr.ctequery),
    );
    if (writes) return [notOneSelect({ message: "a CTE here writes (INSERT, UPDATE, DELETE or MERGE)", span })];
    return [];
  });
  problems.push(...parametersIn(code, first.tree));
  if (problems.length > 0) return problems;
  const { tree: _, ...select } = first;
  return select;
}

function parametersIn(code: Code, tree: Node): readonly Diagnostic[] {
  // Most texts have none, and are not walked.
  if (!/\$\d/.test(code.text)) return [];
  const places = placesIn(code);
  const found: Diagnostic[] = [];
  eachObject(tree, (node) => {
    const { number = 0, location = 0 } = (node["ParamRef"] ?? {}) as { number?: number; location?: number };
    if (number > 0) {
      const span = { file: code.file, start: places.position(location) };
      found.push(parameter({ message: `$${number} is a parameter, and nothing gives it a value`, span }));
    }
  });
  return found;
}

/** One statement for a file that holds a SELECT; where there are problems, they are what counts. */
export interface Cut {
  readonly statements: readonly Code[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A file's statements, by what it is to hold; the caller has awaited `loadParser()`. */
export function cutStatements(code: Code, holds: "select" | "statements"): Cut {
  if (holds === "statements") return splitStatements(code);
  const select = oneSelect(code);
  return "text" in select ? { statements: [select], diagnostics: [] } : { statements: [], diagnostics: select };
}
