import type pg from "pg";

/** Roles belong to the server, which all tests share: each is made by whoever needs it first, and stays. */
export async function ensureRoles(client: pg.Client, ...roles: readonly string[]): Promise<void> {
  for (const role of roles) {
    await client.query(`DO $$ BEGIN CREATE ROLE ${role} LOGIN PASSWORD 'test';
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`);
  }
}

/** The same database as another role. */
export function asRole(url: string, role: string): string {
  const other = new URL(url);
  other.username = role;
  other.password = "test";
  return other.href;
}
