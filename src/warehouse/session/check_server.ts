/** What runs can't be safe on. */
import pg from "pg";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { libpqUrl, place } from "./address.ts";
import { batch, rowsOf } from "./batch.ts";
import { readOnlyServer, unsupportedServer } from "./codes.ts";
import { APPLICATION } from "./connect.ts";
import { isLostConnection } from "../errors.ts";
import { behindPooler } from "./pooled.ts";

/**
 * Refuses what runs can't work or be safe on: servers before 15, those that may only be read, and poolers that give each
 * transaction another backend, where session locks silently protect nothing.
 */
export async function checkServer(url: string, client: pg.Client): Promise<{ readonly major: number }> {
  const [row] = await rowsOf(
    client,
    `SELECT pg_catalog.current_setting('server_version_num')::int / 10000 AS major, pg_catalog.pg_backend_pid() AS pid,
       pg_catalog.pg_is_in_recovery() AS standby, pg_catalog.current_setting('transaction_read_only')::bool AS "readOnly"`,
  );
  const major = row?.["major"] as number;
  if (major < 15) {
    throw new DiagnosticError([
      unsupportedServer({ message: `the warehouse runs PostgreSQL ${major}; CTF needs 15 or newer` }),
    ]);
  }
  if (row?.["standby"]) {
    throw new DiagnosticError([
      readOnlyServer({
        message: `the warehouse at ${place(url)} is a standby: it follows another server, and nothing can be written there`,
        hint: "Give the target the address of the server that it follows. Commands that only read, such as `ctf history`, work here too.",
      }),
    ]);
  }
  if (row?.["readOnly"]) {
    throw new DiagnosticError([
      readOnlyServer({
        message: `sessions at ${place(url)} may only read (default_transaction_read_only)`,
        hint: "ALTER ROLE … SET default_transaction_read_only = off, for the role that CTF runs as; or give the target another address.",
      }),
    ]);
  }
  // A server tells its own pid at the start of a session; a pooler in between makes one up.
  if ((client as unknown as { processID: number }).processID !== row?.["pid"])
    await refuseTransactionPooler(url, client);
  return { major };
}

/** Another session's open transaction takes the backend that a transaction pooler gave us a moment ago. */
async function refuseTransactionPooler(url: string, client: pg.Client): Promise<void> {
  const pidOf = async (session: pg.Client) =>
    (await rowsOf(session, "SELECT pg_catalog.pg_backend_pid() AS pid"))[0]?.["pid"] as number;
  const before = await pidOf(client);
  const other = new pg.Client({ connectionString: libpqUrl(url), application_name: APPLICATION });
  other.on("error", () => {});
  await other.connect();
  const refusal = (mode: string) => new DiagnosticError([behindPooler(url, mode)]);
  try {
    // One that gives each statement another backend can't let a transaction begin.
    await batch(other, [{ text: "BEGIN" }]).catch((error: unknown) => {
      throw isLostConnection(error) ? refusal("statement") : error;
    });
    const others = await pidOf(other);
    const after = await pidOf(client);
    await batch(other, [{ text: "ROLLBACK" }]);
    if (others === before || after !== before) throw refusal("transaction");
  } finally {
    await other.end().catch(() => {});
  }
}
