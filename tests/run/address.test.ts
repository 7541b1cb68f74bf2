/** Where a warehouse is, and what is said where nobody is. */
import pg from "pg";
import { describe, expect, test } from "vitest";
import { DiagnosticError } from "../../src/diagnostics/diagnostic.ts";
import { libpqUrl } from "../../src/warehouse/session/address.ts";
import { connect } from "../../src/warehouse/session/connect.ts";

const sslOf = (url: string): unknown =>
  (new pg.Client({ connectionString: libpqUrl(url) }) as unknown as { readonly ssl: unknown }).ssl;

describe("sslmode means what it means to psql", () => {
  test.each([
    ["postgresql://h/d", false],
    ["postgresql://h/d?sslmode=disable", false],
    ["postgresql://h/d?sslmode=require", { rejectUnauthorized: false }],
    ["postgresql://h/d?sslmode=verify-full", {}],
  ])("%s", (url, ssl) => expect(sslOf(url)).toEqual(ssl));
});

test.each([
  ["not a url", "at an address that is not a URL", "An address is postgresql://user:password@host:5432/database."],
  ["postgresql://u:secret@127.0.0.1:1/d", "at 127.0.0.1:1/d: nobody listens there", "Is the server up"],
])("no way to %s", async (url, message, hint) => {
  const error = await connect(url).catch((reason: unknown) => reason);
  expect((error as DiagnosticError).diagnostics).toEqual([
    expect.objectContaining({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) }),
  ]);
  expect(JSON.stringify(error)).not.toContain("secret");
});
