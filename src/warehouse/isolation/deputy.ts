/**
 * Deputies: functions with CTF's rights that a guest may call, each a fixed list of CTF's own statements. So what CTF does
 * before and after a person's statements happens in the person's transaction: all of it, or nothing.
 */
import type { Statement } from "../session/batch.ts";
import { identifier, literal } from "../names.ts";

/** `schema` is the guest's closed schema; nobody else gets in there. */
export interface Deputy {
  readonly make: readonly Statement[];
  readonly call: Statement;
  readonly drop: Statement;
}

/** The body runs as PL/pgSQL, each name in it written out with its schema: what the guest set for its session counts for nothing. */
export function deputy(schema: string, name: string, role: string, body: string): Deputy {
  const signature = `${identifier(schema)}.${identifier(name)}()`;
  return {
    make: [
      {
        text: `CREATE OR REPLACE FUNCTION ${signature} RETURNS void LANGUAGE plpgsql SECURITY DEFINER
          SET search_path = pg_catalog, pg_temp AS ${literal(body)}`,
      },
      { text: `REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC` },
      { text: `GRANT EXECUTE ON FUNCTION ${signature} TO ${identifier(role)}` },
    ],
    call: { text: `SELECT ${signature}` },
    drop: { text: `DROP FUNCTION IF EXISTS ${signature}` },
  };
}

/** CTF's statements as such a body, their values written into their texts. */
export const bodyOf = (statements: readonly Statement[]): string =>
  `BEGIN\n${statements.map((statement) => `${inlined(statement)};\n`).join("")}END`;

/** An untyped literal takes its type from where it stands, as a parameter does. */
function inlined({ text, values }: Statement): string {
  if (values === undefined) return text;
  return text.replaceAll(/\$(\d+)/g, (_, number: string) => {
    const value = values[Number(number) - 1];
    if (value === null || value === undefined) return "NULL";
    if (typeof value !== "object") return literal(String(value));
    return literal(`{${value.map((item) => `"${item.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(",")}}`);
  });
}
