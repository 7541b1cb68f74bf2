/** Hands the terminal to the machine's own psql. */
import { spawn, type StdioOptions } from "node:child_process";
import type { CliContext } from "../context.ts";

export interface PsqlSession {
  readonly url: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly command?: string;
}

/** Gives the exit code: 0, or 1 when psql reports an error. */
export async function runPsql(context: CliContext, program: string, session: PsqlSession): Promise<number> {
  const url = new URL(session.url);
  // In the environment, as everybody may read the arguments of a process.
  const password = decodeURIComponent(url.password);
  url.password = "";
  const settings = Object.entries(session.variables).map(([name, value]) => `-c ctf.${name}=${escaped(value)}`);
  const options = [context.env["PGOPTIONS"], ...settings].filter(Boolean).join(" ");
  const env = {
    ...context.env,
    ...(password && { PGPASSWORD: password }),
    PGOPTIONS: options,
    PGAPPNAME: "ctf db psql",
  };

  const args = ["-v", `ON_ERROR_STOP=${context.stdin.isTTY ? 0 : 1}`, "-d", url.href];
  if (session.command !== undefined) args.push("-c", session.command);
  // Streams that are this process's own are handed on as they are, so that psql finds its terminal.
  const ours = [process.stdin, process.stdout, process.stderr];
  const streams = [context.stdin, context.stdout, context.stderr];
  const stdio: StdioOptions = streams.map((stream, i) => (stream === ours[i] ? "inherit" : "pipe"));

  const leaveToPsql = (): void => {}; // Ctrl-C stops the statement there, not ctf
  context.signals.on("SIGINT", leaveToPsql);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(program, args, { env, stdio });
      child.once("error", reject);
      child.once("close", (code) => resolve(code === 0 ? 0 : 1));
      if (child.stdin) context.stdin.pipe(child.stdin);
      child.stdout?.pipe(context.stdout, { end: false });
      child.stderr?.pipe(context.stderr, { end: false });
    });
  } finally {
    context.signals.off("SIGINT", leaveToPsql);
  }
}

/** In PGOPTIONS, a backslash keeps a space from ending the value. */
const escaped = (value: string): string => value.replace(/[\\\s]/g, "\\$&");
