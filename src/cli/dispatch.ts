import { Command, CommanderError } from "commander";
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { commands } from "./commands.ts";
import { type CliContext, EXIT, type Io, makeContext, UsageError } from "./context.ts";

/** Finds the command, loads it and nothing else, and turns what escapes from it into words and an exit code. */
export async function dispatch(args: readonly string[], io: Io, version: string): Promise<number> {
  const words = args.filter((arg) => !arg.startsWith("-"));
  const asked = words[0] === "help" ? words[1] : words[0];
  const entry = commands.find((command) => command.name === asked);
  if (asked !== undefined && !entry) return unknownCommand(asked, io);

  const program = newProgram(io, version);
  let context: CliContext | undefined;
  try {
    if (entry) context = await makeContext(io);
    for (const command of commands) {
      if (context && command === entry) (await command.load()).register(program, context);
      else program.command(command.name, { hidden: command.hidden === true }).summary(command.summary);
    }
    program.addHelpText("after", "\nctf COMMAND --help tells more of one command.");
    tellUsage(program.commands, program.name());
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: "user" });
    return context?.exitCode ?? EXIT.fine;
  } catch (error) {
    return failed(error, io, context);
  }
}

function newProgram(io: Io, version: string): Command {
  return new Command("ctf")
    .description("Clover Transform Framework: from YAML and SQL to published tables on PostgreSQL.")
    .version(version)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ subcommandTerm: (command) => command.name() });
}

/** After an error in what was typed: how to type it, in place of the whole help. */
function tellUsage(commands: readonly Command[], parent: string): void {
  for (const command of commands) {
    const path = `${parent} ${command.name()}`;
    command.showHelpAfterError(`Usage: ${path} ${command.usage()}\n"${path} --help" tells more.`);
    tellUsage(command.commands, path);
  }
}

function unknownCommand(asked: string, io: Io): number {
  const near = nearest(
    asked,
    commands.filter((command) => !command.hidden).map((command) => command.name),
  );
  const hint = near === undefined ? '"ctf --help" lists the commands.' : `Did you mean "ctf ${near}"?`;
  io.stderr.write(`error: there is no command ${asked}. ${hint}\n`);
  return EXIT.usage;
}

async function failed(error: unknown, io: Io, context: CliContext | undefined): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  if (error instanceof DiagnosticError) {
    const { problemsText } = await import("./terminal/output.ts");
    io.stderr.write(problemsText(error.diagnostics, context?.colorOnStderr ?? false, rootOf(context)));
    return error instanceof UsageError ? EXIT.usage : EXIT.problems;
  }
  // Ctrl-C, where the work broke off at once.
  if (error instanceof Error && error.name === "AbortError") {
    io.stderr.write("Interrupted.\n");
    return EXIT.interrupted;
  }
  const { connectionLost, databaseWords } = await import("./database_errors.ts");
  const lost = connectionLost(error);
  if (lost && !io.env["CTF_DEBUG"]) return failed(new DiagnosticError([lost]), io, context);
  const message = databaseWords(error) ?? (error instanceof Error ? error.message : String(error));
  io.stderr.write(`error: ${message.split("\n", 1)[0]}\n`);
  // The operating system's refusals (a full disk, a folder without permission) speak for themselves.
  if (error instanceof Error && "syscall" in error && !io.env["CTF_DEBUG"]) return EXIT.problems;
  if (io.env["CTF_DEBUG"]) io.stderr.write(`${error instanceof Error ? error.stack : ""}\n`);
  else
    io.stderr.write(
      "This looks like a fault of CTF. Please report it with the output of the same command under CTF_DEBUG=1.\n",
    );
  return EXIT.problems;
}

/** Where the lines can be read that a problem is about; there may be no project at all. */
function rootOf(context: CliContext | undefined): string | undefined {
  try {
    return context?.root();
  } catch {
    return undefined;
  }
}
