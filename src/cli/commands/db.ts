import type { Command } from "commander";
import type { Project } from "../../project/types.ts";
import { openTarget } from "../../warehouse/session/connect.ts";
import { localDatabase } from "../../warehouse/embedded/local.ts";
import {
  ensureServer,
  type Role,
  type Server,
  type ServerStatus,
  serverStatus,
  stopServer,
} from "../../warehouse/embedded/server.ts";
import type { CliContext } from "../context.ts";
import { writeJson } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";
import { openPrompt } from "../prompt/open.ts";
import { findTarget } from "../asked/targets.ts";
import { collect, variableValues } from "../asked/variables.ts";
import { registerFill } from "./db_fill.ts";

type Place = Pick<Project, "root" | "postgres" | "name">;
type Notice = (text: string) => void;

const roles: readonly Role[] = ["durable", "scratch"];
const serverName = ({ root, postgres }: Place, role: Role) => ({ root, role, major: postgres });

export async function dbStart(project: Place, role: Role, notice: Notice): Promise<Server> {
  if (role === "scratch") return ensureServer(serverName(project, role), notice);
  return (await localDatabase(project, { notice })).server;
}

/** Those that were running. */
export async function dbStop(project: Place, which: readonly Role[] = roles): Promise<readonly Role[]> {
  const stopped: Role[] = [];
  for (const role of which) if (await stopServer(serverName(project, role))) stopped.push(role);
  return stopped;
}

/** Never starts a server. docs/json.md describes it as `servers`. */
export const dbStatus = (project: Place): readonly ServerStatus[] =>
  roles.map((role) => serverStatus(serverName(project, role)));

export interface Wanted {
  readonly target?: string;
  readonly scratch?: boolean;
}

/** With its password. Starts an embedded server that does not run. */
export async function dbUrl(
  project: Project,
  { target, scratch }: Wanted,
  env: CliContext["env"],
  notice: Notice,
): Promise<string> {
  if (target !== undefined) return (await openTarget(project, findTarget(project, target), { ...env })).url;
  if (scratch) return (await ensureServer(serverName(project, "scratch"), notice)).url;
  return (await localDatabase(project, { notice })).url;
}

export function register(program: Command, context: CliContext): void {
  const say: Notice = (text) => void context.stderr.write(`${text}\n`);
  const loaded = async (): Promise<Project> => (await context.loadProject()).project;
  const db = program
    .command("db")
    .summary("start, stop and open the embedded PostgreSQL")
    .description(
      "The PostgreSQL servers that CTF runs for this project, below .ctf: a durable one, which holds target local, " +
        "and a scratch one for checks and tests. Commands start them when they need them; they go on until stopped.",
    );
  db.command("start")
    .summary("start the durable server")
    .description("Starts the durable server.")
    .option("--scratch", "the scratch server instead")
    .action(async ({ scratch }: Wanted) => {
      const server = await dbStart(await loaded(), scratch ? "scratch" : "durable", say);
      say(`PostgreSQL ${server.major} (${server.role}) runs on 127.0.0.1:${server.port}, process ${server.pid}.`);
    });
  db.command("stop")
    .summary("stop both servers; what they hold stays")
    .description("Stops both servers; what they hold stays.")
    .option("--scratch", "only the scratch server")
    .action(async ({ scratch }: Wanted) => {
      const stopped = await dbStop(await loaded(), scratch ? ["scratch"] : roles);
      say(stopped.length === 0 ? "Nothing was running." : `Stopped: ${stopped.join(", ")}.`);
    });
  db.command("status")
    .summary("tell which servers run, and where")
    .description("Tells which servers run, and where. Starts nothing.")
    .option("--json", "as JSON")
    .action(async ({ json }: { readonly json?: boolean }) => {
      const servers = dbStatus(await loaded());
      if (json) return writeJson(context, { servers });
      const rows = servers.map((s) => [
        s.role,
        s.state,
        String(s.major),
        s.port === undefined ? "" : String(s.port),
        s.pid === undefined ? "" : String(s.pid),
        s.dataDir ?? "",
      ]);
      const titles = ["server", "state", "postgres", "port", "process", "data"].map((title) => ({ title }));
      context.stdout.write(`${table(titles, rows, styleFor(context.color)).join("\n")}\n`);
    });
  registerFill(db, context);
  db.command("url")
    .summary("print the address to connect to, with its password")
    .description("Prints the URL to connect to, with its password: for other programs, not for logs.")
    .option("--target <name>", "a target of ctf.yaml, instead of the embedded database")
    .option("--scratch", "the scratch server, as superuser")
    .action(async (wanted: Wanted) => {
      context.stdout.write(`${await dbUrl(await loaded(), wanted, context.env, say)}\n`);
    });
  db.command("psql")
    .summary("open the database in psql, or in a prompt of CTF's own")
    .description("Opens the database in psql, or in a small prompt of CTF's own where there is no psql.")
    .option("--target <name>", "a target of ctf.yaml, instead of the embedded database")
    .option("--scratch", "the scratch server, as superuser")
    .option("-c, --command <sql>", "run this and end")
    .option("--var <name=value>", "set a variable of the project (may be repeated)", collect, [])
    .action(async (options: Wanted & { readonly command?: string; readonly var: readonly string[] }) => {
      const project = await loaded();
      const variables = variableValues(project, options.var);
      const url = await dbUrl(project, options, context.env, say);
      const command = options.command === undefined ? {} : { command: options.command };
      context.setExitCode(await openPrompt(context, { url, variables, ...command, root: project.root }));
    });
}
