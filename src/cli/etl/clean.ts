import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { serverStatus } from "../../warehouse/embedded/server.ts";
import { databaseInUse } from "../../workshop/codes.ts";
import { CONF_FILE, CONF_TEXT } from "../../workshop/config/defaults.ts";
import { refuseFile } from "../../workshop/config/read.ts";
import { dropDatabases, scenariosWithData } from "../../workshop/databases.ts";
import { serverFolder, serverOf } from "../../workshop/server.ts";
import { unknown } from "../../workshop/workshop.ts";
import type { CliContext } from "../context.ts";
import { counted } from "../terminal/numbers.ts";
import { atWork, type CommonFlags } from "./opened.ts";

export async function clean(
  context: CliContext,
  scenario: string | undefined,
  flags: Pick<CommonFlags, "dataDir">,
): Promise<void> {
  const dataDir = resolve(context.cwd, flags.dataDir);
  refuseFile(dataDir);
  if (serverStatus(serverOf(dataDir)).state === "absent") {
    removeRest(dataDir);
    context.stderr.write("There is no server, and no database.\n");
    return;
  }
  let nothingLeft = false;
  await atWork(context, dataDir, async (server) => {
    const withData = await scenariosWithData(server);
    if (scenario !== undefined && !withData.includes(scenario)) {
      throw new DiagnosticError([unknown("database of a scenario", scenario, withData)]);
    }
    const { dropped, left, others } = await dropDatabases(server, scenario);
    context.stderr.write(`Dropped ${counted(dropped.length, "database")}.\n`);
    nothingLeft = left.length + others.length === 0;
    if (left.length === 0) return;
    const message = `${counted(left.length, "database is", "databases are")} in use: ${left.join(", ")}`;
    throw new DiagnosticError([
      databaseInUse({ message, hint: "Wait for the other command's end, then clean again." }),
    ]);
  });
  if (!nothingLeft) return;
  if (removeServer(dataDir)) context.stderr.write("Removed the server.\n");
  removeRest(dataDir);
}

/** Gives false where another command has come meanwhile, and works with it. */
function removeServer(dataDir: string): boolean {
  const { state, dataDir: data } = serverStatus(serverOf(dataDir));
  if (state !== "stopped" || data === undefined) return false;
  rmSync(dirname(data), { recursive: true, force: true });
  rmSync(serverFolder(dataDir), { recursive: true, force: true });
  return true;
}

/** The conf file as it was shipped, and the folder if it is empty then: what a person made stays. */
function removeRest(dataDir: string): void {
  const conf = join(dataDir, CONF_FILE);
  if (existsSync(conf) && readFileSync(conf, "utf8") === CONF_TEXT) rmSync(conf);
  if (existsSync(dataDir) && readdirSync(dataDir).length === 0) rmdirSync(dataDir);
}
