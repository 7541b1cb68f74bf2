import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { CliContext } from "../context.ts";

interface Session {
  readonly url: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly command?: string;
  readonly root: string;
}

/** psql, or a small prompt of CTF's own where there is none. Gives the exit code. */
export async function openPrompt(context: CliContext, session: Session): Promise<number> {
  const psql = findProgram("psql", context.env["PATH"]);
  if (psql !== undefined) {
    const { runPsql } = await import("./psql.ts");
    return runPsql(context, psql, session);
  }
  const { runPrompt } = await import("./prompt.ts");
  const historyFile = join(session.root, ".ctf", "psql_history");
  return runPrompt(context, { ...session, historyFile, color: context.color });
}

function findProgram(name: string, path = ""): string | undefined {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
