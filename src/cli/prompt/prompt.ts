/** The small SQL prompt of `ctf db psql`, for machines without psql. */
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import pg from "pg";
import { connect } from "../../warehouse/session/connect.ts";
import {
  cancelBackend,
  listColumns,
  listIndexesAndConstraints,
  listRelations,
} from "../../warehouse/introspect/prompt_queries.ts";
import type { Io } from "../context.ts";
import { type Style, styleFor } from "../terminal/style.ts";
import { type Answer, answerText, errorText } from "./format.ts";
import { cut, type Input } from "./input.ts";

export interface PromptOptions {
  readonly url: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Run this and end, instead of asking. */
  readonly command?: string;
  readonly historyFile: string;
  readonly color: boolean;
}

const HELP = `A statement ends with ; and may take several lines.
  \\d [TABLE]     tables and views, or one table's columns, indexes and constraints
  \\dt [PATTERN]  tables; * stands for anything
  \\x             one line for each column, or back
  \\q             quit
Ctrl-C stops the running statement, or forgets what was typed.`;

/** A lifetime: one connection, and what the person has switched on. */
class Prompt {
  readonly #io: Pick<Io, "stdout" | "stderr">;
  readonly #client: pg.Client;
  readonly #options: PromptOptions;
  readonly #style: Style;
  #expanded = false;
  #tag = "";
  running = false;
  closed = false;

  constructor(io: Pick<Io, "stdout" | "stderr">, client: pg.Client, options: PromptOptions) {
    this.#io = io;
    this.#client = client;
    this.#options = options;
    this.#style = styleFor(options.color);
    client.on("notice", (notice) => io.stderr.write(`${notice.severity ?? "NOTICE"}:  ${notice.message}\n`));
    client.on("end", () => (this.closed = true));
    // pg's results keep only the first word of it.
    const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
    connection.on("commandComplete", ({ text: tag }: { readonly text: string }) => (this.#tag = tag));
  }

  /** psql's: the database, `*` in a transaction, `!` in a failed one, `-` where the statement goes on. */
  text(continued: boolean): string {
    const state = { I: "", T: "*", E: "!" }[this.#client.getTransactionStatus() ?? "I"];
    return `${this.#client.database ?? ""}${continued ? "-" : "="}${state}> `;
  }

  /** Does one thing; false when it went wrong. */
  async handle(input: Input): Promise<boolean> {
    this.running = true;
    try {
      if (input.type === "statement") await this.#show(input.text);
      else await this.#command(input.name, input.argument);
      return true;
    } catch (error) {
      const statement = input.type === "statement" ? input.text : "";
      const words =
        error instanceof pg.DatabaseError ? errorText(error, statement) : `error: ${(error as Error).message}`;
      this.#io.stderr.write(`${words}\n`);
      // The error comes before the server says what has become of the transaction, which the next prompt shows.
      await this.#client.query("").catch(() => {});
      return false;
    } finally {
      this.running = false;
    }
  }

  async cancel(): Promise<void> {
    const { processID } = this.#client as unknown as { readonly processID: number };
    try {
      const other = await connect(this.#options.url);
      await other.query(cancelBackend, [processID]).finally(() => other.end());
    } catch (error) {
      this.#io.stderr.write(`error: the statement could not be stopped: ${(error as Error).message}\n`);
    }
  }

  async #show(sql: string, values?: readonly unknown[]): Promise<void> {
    const result = await this.#client.query({
      text: sql,
      rowMode: "array",
      types: { getTypeParser: () => (value: unknown) => value },
      ...(values ? { values: [...values] } : {}),
    });
    const answer = { ...(result as unknown as Omit<Answer, "tag">), tag: this.#tag };
    this.#io.stdout.write(`${answerText(answer, this.#expanded, this.#style)}\n`);
  }

  async #command(name: string, argument: string): Promise<void> {
    const pattern = argument === "" ? null : argument.replaceAll("*", "%");
    if (name === "d" && argument !== "") {
      await this.#show(listColumns, [argument]);
      await this.#show(listIndexesAndConstraints, [argument]);
    } else if (name === "d") await this.#show(listRelations, [pattern, ["r", "p", "v", "m", "S", "f"]]);
    else if (name === "dt") await this.#show(listRelations, [pattern, ["r", "p"]]);
    else if (name === "x") this.#expanded = !this.#expanded;
    else if (name === "q") this.closed = true;
    else if (name === "?" || name === "h") this.#io.stderr.write(`${HELP}\n`);
    else throw new Error(`there is no \\${name} here; \\? lists what there is`);
  }
}

/** Gives the exit code: 1 when a statement of `command` or of a piped text failed. */
export async function runPrompt(
  io: Pick<Io, "stdin" | "stdout" | "stderr" | "signals">,
  options: PromptOptions,
): Promise<number> {
  const client = await connect(options.url, { variables: options.variables, applicationName: "ctf db psql" });
  const prompt = new Prompt(io, client, options);
  const stop = (): void => void prompt.cancel();
  io.signals.on("SIGINT", stop);
  try {
    if (options.command === undefined && io.stdin.isTTY) {
      await converse(io, prompt, options.historyFile);
      return 0;
    }
    return (await runScript(prompt, options.command ?? (await text(io.stdin)))) ? 0 : 1;
  } finally {
    io.signals.off("SIGINT", stop);
    await client.end();
  }
}

/** Stops at the first error. */
async function runScript(prompt: Prompt, script: string): Promise<boolean> {
  const { inputs, rest } = cut(script);
  const all: Input[] = rest === "" ? [...inputs] : [...inputs, { type: "statement", text: rest }];
  for (const input of all) {
    if (!(await prompt.handle(input))) return false;
    if (prompt.closed) break;
  }
  return true;
}

async function converse(
  { stdin, stdout, stderr }: Pick<Io, "stdin" | "stdout" | "stderr">,
  prompt: Prompt,
  historyFile: string,
): Promise<void> {
  stderr.write("\\? for help, \\q to quit.\n");
  const lines = createInterface({
    input: stdin,
    output: stdout,
    history: readHistory(historyFile),
    historySize: 1000,
    removeHistoryDuplicates: true,
  });
  let history: readonly string[] | undefined;
  lines.on("history", (all) => (history = all));
  let typed = "";
  const ask = (): void => {
    lines.setPrompt(prompt.text(typed !== ""));
    lines.prompt();
  };
  lines.on("SIGINT", () => {
    if (prompt.running) return void prompt.cancel();
    typed = "";
    stdout.write("^C\n");
    lines.write(null, { ctrl: true, name: "u" });
    ask();
  });
  ask();
  for await (const line of lines) {
    const goodbye = typed === "" && /^\s*(exit|quit)\s*;?\s*$/i.test(line);
    if (goodbye) break;
    const { inputs, rest } = cut(`${typed}${line}\n`);
    typed = rest;
    for (const input of inputs) {
      if (!prompt.closed) await prompt.handle(input);
    }
    if (prompt.closed) break;
    ask();
  }
  lines.close();
  // Statements may hold values from rows: for the eyes of their author only.
  if (history) writeFileSync(historyFile, history.join("\n"), { mode: 0o600 });
}

function readHistory(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}
