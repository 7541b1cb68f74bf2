/** A test's statements are parts of its own transaction, or each one of theirs: they begin and end none themselves. */
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { transactionStatements } from "../../sql/statements.ts";
import { loadParser } from "../../sql/parser.ts";
import { impossibleTest } from "../codes.ts";

/** @throws DiagnosticError */
export async function refuseTransactions(text: string): Promise<void> {
  await loadParser();
  if (!transactionStatements(text)) return;
  const message = "the statements of a test do not begin or end transactions themselves";
  const hint =
    'The database is rolled back at the test\'s end. With @pytest.mark.ctf_database("clone") each query is committed by itself, and a driver can connect to ctf_database.url.';
  throw new DiagnosticError([impossibleTest({ message, hint })]);
}
