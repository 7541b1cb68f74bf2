import type { Command } from "commander";
import type { CliContext } from "./context.ts";

interface CommandModule {
  register(program: Command, context: CliContext): void;
}

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly hidden?: boolean;
  readonly load: () => Promise<CommandModule>;
}

/** All commands, in the order of `ctf --help`. Only the one that is asked for is loaded. */
export const commands: readonly CommandEntry[] = [
  { name: "init", summary: "make a project that runs as it is", load: () => import("./commands/init.ts") },
  { name: "start", summary: "start a transform or a pipeline", load: () => import("./commands/start.ts") },
  { name: "ls", summary: "list transforms in the order they run", load: () => import("./commands/ls.ts") },
  { name: "show", summary: "show everything about one transform", load: () => import("./commands/show.ts") },
  { name: "graph", summary: "draw who reads whom", load: () => import("./commands/graph.ts") },
  {
    name: "lineage",
    summary: "show where a column comes from and goes to",
    load: () => import("./commands/lineage.ts"),
  },
  {
    name: "phi",
    summary: "list the columns with protected health information",
    load: () => import("./commands/phi.ts"),
  },
  { name: "check", summary: "find problems without running anything", load: () => import("./commands/check.ts") },
  { name: "diff", summary: "show what changed, and whom it concerns", load: () => import("./commands/diff.ts") },
  { name: "test", summary: "run the tests of transforms", load: () => import("./commands/test.ts") },
  { name: "run", summary: "build outputs and publish them", load: () => import("./commands/run.ts") },
  { name: "history", summary: "show what was run", load: () => import("./commands/history.ts") },
  { name: "vars", summary: "show the project's variables", load: () => import("./commands/vars.ts") },
  { name: "source", summary: "declare what CTF does not build", load: () => import("./commands/source.ts") },
  { name: "adopt", summary: "make a definition from a live table", load: () => import("./commands/adopt.ts") },
  {
    name: "python",
    summary: "show and install what python transforms need",
    load: () => import("./commands/python.ts"),
  },
  { name: "prune", summary: "drop what no definition names any more", load: () => import("./commands/prune.ts") },
  { name: "env", summary: "list and drop environments", load: () => import("./commands/env.ts") },
  { name: "db", summary: "start, stop and open the embedded PostgreSQL", load: () => import("./commands/db.ts") },
  { name: "etl", summary: "learn and measure how nested JSON becomes rows", load: () => import("./commands/etl.ts") },
  {
    name: "completion",
    summary: "print a completion script for bash or zsh",
    load: () => import("./commands/completion.ts"),
  },
  {
    name: "__complete",
    summary: "what could stand where the cursor is",
    hidden: true,
    load: () => import("./commands/complete.ts"),
  },
  {
    name: "__serve",
    summary: "answers ctf.testing in Python",
    hidden: true,
    load: () => import("./commands/serve.ts"),
  },
];
