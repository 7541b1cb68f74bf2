/** What the statements of a file make, found out by running them on empty tables. */
import type { Client } from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Code, TableName } from "../../project/types.ts";
import { tableText } from "../../project/types.ts";
import type { NotedColumn } from "../../project/write/columns.ts";
import { MARK } from "../../project/write/yaml_text.ts";
import { readColumns } from "../../warehouse/introspect/columns.ts";
import { findRelations, relationsIn } from "../../warehouse/introspect/relations.ts";
import { madeNothing } from "./codes.ts";
import { looksLikePhi, PHI_NOTE } from "./phi.ts";
import { sqlProblem } from "./sql_problem.ts";

/** The columns of the table or view that the statements make under this name. */
export async function columnsOfMade(
  client: Client,
  statements: readonly Code[],
  output: TableName,
  type: "table" | "view",
): Promise<readonly NotedColumn[]> {
  for (const statement of statements) {
    await client.query(statement.text).catch((error: unknown) => {
      throw sqlProblem(error, statement);
    });
  }
  await client.query("SET search_path = ''");
  const [relation] = await findRelations(client, [output]);
  if (relation?.kind !== type) throw new DiagnosticError([await notMade(client, output, type)]);
  const columns = await readColumns(client, [relation.oid]);
  return columns.map(({ name, type, notNull, comment }) => {
    const phi = looksLikePhi(name);
    const notes = [...(phi ? [PHI_NOTE] : []), ...(comment === undefined ? [`${MARK}: description`] : [])];
    return {
      name,
      type,
      ...(comment === undefined ? {} : { description: comment }),
      phi,
      notNull,
      ...(notes.length > 0 ? { note: notes.join("; ") } : {}),
    };
  });
}

async function notMade(client: Client, output: TableName, type: string) {
  const others = (await relationsIn(client, output.schema)).filter((relation) => relation.kind === type);
  const [first] = others;
  return madeNothing({
    message: `the statements do not make a ${type} ${tableText(output)}`,
    hint: first
      ? `In that schema stands ${others.map(tableText).join(", ")} now. If that is the output: --output ${tableText(first)}`
      : `Create it under this name: CREATE ${type.toUpperCase()} ${tableText(output)} AS SELECT …`,
  });
}
