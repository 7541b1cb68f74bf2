import { Command, type Argument, type Option } from "commander";
import { findProjectRoot } from "../../project/root.ts";
import { commands } from "../commands.ts";
import type { CliContext } from "../context.ts";
import { pipelineNames, transformNames } from "../asked/project_names.ts";

/**
 * What could stand where the cursor is: `words` are those after `ctf` up to the cursor, the last one perhaps begun.
 * Empty where only a person (or the shell, for files) knows.
 */
export async function candidates(words: readonly string[], context: CliContext): Promise<readonly string[]> {
  const begun = words.at(-1) ?? "";
  return (await allCandidates(words.slice(0, -1), begun, context)).filter((word) => word.startsWith(begun));
}

async function allCandidates(
  before: readonly string[],
  begun: string,
  context: CliContext,
): Promise<readonly string[]> {
  const visible = commands.filter((command) => !command.hidden);
  const at = before.findIndex((word) => !word.startsWith("-"));
  if (at < 0 || before[at] === "help") {
    return begun.startsWith("-") ? ["--help", "--version"] : visible.map((command) => command.name);
  }
  const entry = visible.find((command) => command.name === before[at]);
  if (!entry) return [];

  const program = new Command();
  (await entry.load()).register(program, context);
  let command = program.commands[0]!;
  const positional: string[] = [];
  let valueOf: Option | undefined;
  for (const word of before.slice(at + 1)) {
    if (valueOf) valueOf = undefined;
    else if (word.startsWith("-")) valueOf = optionNamed(command, word);
    else {
      const below = command.commands.find((c) => c.name() === word);
      if (below) command = below;
      else positional.push(word);
    }
  }
  const asked = { positional, begun, context };
  if (valueOf) return values(valueOf.argChoices, valueOf.flags, asked);
  if (begun.startsWith("-")) {
    const options = command.options.filter((option) => !option.hidden).map((option) => option.long ?? option.short!);
    return [...options, "--help"];
  }
  const argument = argumentAt(command, positional.length);
  const below = command.commands.map((c) => c.name());
  if (!argument) return below;
  return [...below, ...(await values(argument.argChoices, `<${argument.name()}>`, { ...asked, positional: [] }))];
}

/** The option, if it takes the next word as its value. */
const optionNamed = (command: Command, word: string): Option | undefined =>
  command.options.find(
    (option) => (word === option.short || word === option.long) && (option.required || option.optional),
  );

const argumentAt = ({ registeredArguments: known }: Command, index: number): Argument | undefined =>
  known[index] ?? (known.at(-1)?.variadic ? known.at(-1) : undefined);

interface Asked {
  /** What stands before it, without options; of an argument nothing, as it is itself one of these. */
  readonly positional: readonly string[];
  readonly begun: string;
  readonly context: CliContext;
}

/** An argument's name says what it is: `<pipeline>`, `<transform>`. */
async function values(
  choices: readonly string[] | undefined,
  placeholder: string,
  { positional: [pipeline], begun, context: { cwd } }: Asked,
): Promise<readonly string[]> {
  if (choices) return choices;
  const transforms = () => transformNames(findProjectRoot(cwd), { cwd, begun, ...(pipeline && { pipeline }) });
  switch (/[a-z]+/.exec(placeholder.slice(placeholder.search(/[<[]/)))?.[0]) {
    case "pipeline":
      return pipelineNames(findProjectRoot(cwd));
    case "transform":
      return transforms();
    case "what":
      return [...pipelineNames(findProjectRoot(cwd)), ...transforms()];
    case "kind":
      return [...(await import("../../kinds/index.ts")).kinds.keys(), "pipeline"];
    case "output":
      return ["table", "view", "file", "none"];
    default:
      return [];
  }
}

export function register(program: Command, context: CliContext): void {
  program
    .command("__complete", { hidden: true })
    .argument("[words...]")
    .action(async (words: readonly string[]) => {
      // Nobody wants to read an error while typing: outside of a project there is nothing to offer.
      const found = await candidates(words, context).catch(() => []);
      context.stdout.write(found.map((word) => `${word}\n`).join(""));
    });
}
