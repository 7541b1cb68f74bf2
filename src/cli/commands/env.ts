import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { DiagnosticError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { fileOf } from "../../plan/environment/environment.ts";
import type { Project, Target } from "../../project/types.ts";
import type { Contents, EnvironmentSummary } from "../../warehouse/environments/contents.ts";
import { environmentInUse, noEnvironment, notOnlyOurs, unknownTarget } from "../codes.ts";
import { agreed } from "../terminal/agreed.ts";
import { type CliContext, UsageError } from "../context.ts";
import { ago, bytes, counted } from "../terminal/numbers.ts";
import { writeJson } from "../terminal/output.ts";
import { styleFor } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";
import { findTarget } from "../asked/targets.ts";

interface DropFlags {
  readonly target?: string;
  readonly yes?: boolean;
  readonly cascade?: boolean;
}

/** @throws DiagnosticError */
async function connectTo(context: CliContext, project: Project, target: Target) {
  const [{ connect, openTarget }, { migrateIfThere }, { speaking }] = await Promise.all([
    import("../../warehouse/session/connect.ts"),
    import("../../warehouse/records/migrations.ts"),
    import("../../warehouse/errors.ts"),
  ]);
  const client = await connect((await openTarget(project, target, context.env)).url);
  const isThere = await speaking(migrateIfThere(client), "schema ctf").catch(async (error: unknown) => {
    await client.end();
    throw error;
  });
  return { client, isThere };
}

async function list(context: CliContext, flags: { readonly target?: string; readonly json?: boolean }): Promise<void> {
  const { project } = await context.loadProject();
  const target = findTarget(project, flags.target ?? project.defaultTarget);
  const { environments } = await import("../../warehouse/environments/contents.ts");
  const { client, isThere } = await connectTo(context, project, target);
  const found = isThere ? await environments(client, project.name).finally(() => client.end()) : [];
  if (!isThere) await client.end();
  if (flags.json) writeJson(context, { environments: found });
  else if (found.length === 0) context.stderr.write(`No environment in the database of ${target.name}.\n`);
  else context.stdout.write(`${drawEnvironments(found, context).join("\n")}\n`);
  const known = new Set(project.targets.map(({ prefix }) => prefix));
  for (const { prefix } of found.filter((one) => !known.has(one.prefix))) {
    const at = flags.target === undefined ? "" : ` --target ${flags.target}`;
    context.stderr.write(
      `No target of ctf.yaml has the prefix ${prefix} any more. To drop what stands there: ctf env drop ${prefix}${at}\n`,
    );
  }
}

function drawEnvironments(found: readonly EnvironmentSummary[], context: CliContext): readonly string[] {
  const now = new Date();
  const columns = [
    { title: "target" },
    { title: "prefix" },
    { title: "schemas", right: true },
    { title: "size", right: true },
    { title: "made" },
    { title: "last run" },
  ];
  const rows = found.map((one) => [
    one.target,
    one.prefix,
    String(one.schemas),
    bytes(one.bytes),
    ago(new Date(one.madeAt), now),
    one.lastRunAt === null ? "never" : ago(new Date(one.lastRunAt), now),
  ]);
  return table(columns, rows, styleFor(context.color), context.isTTY.stdout ? context.stdout.columns : undefined);
}

/** What is to be dropped, and what people call it. */
interface Meant {
  readonly name: string;
  readonly prefix: string;
  /** A target in its database. */
  readonly target: Target;
  /** The target that it was made for, whose files on disk go along. */
  readonly madeFor: string;
}

/** A target of ctf.yaml; or the target or the prefix of an environment that is in the records alone. @throws UsageError */
async function meantBy(context: CliContext, project: Project, typed: string, flags: DropFlags): Promise<Meant> {
  const declared = project.targets.find(({ name }) => name === typed);
  if (declared) return { name: typed, prefix: prefixOf(declared), target: declared, madeFor: typed };
  const target = findTarget(project, flags.target ?? project.defaultTarget);
  const { environments } = await import("../../warehouse/environments/contents.ts");
  const { client, isThere } = await connectTo(context, project, target);
  const all = isThere ? await environments(client, project.name).finally(() => client.end()) : [];
  if (!isThere) await client.end();
  const found = all.filter((one) => one.target === typed || one.prefix === typed);
  const [one, ...others] = found;
  if (one && others.every(({ prefix }) => prefix === one.prefix)) {
    const { prefix, target: madeFor } = one;
    return { name: prefix, prefix, target, madeFor };
  }
  const names = (one ? found : all).map(({ prefix }) => prefix).join(", ");
  throw new UsageError([
    unknownTarget({
      message: one
        ? `several environments were made for target ${typed}, which ctf.yaml does not have`
        : `there is no target ${typed}, and in the database of ${target.name} no environment that was made for one`,
      hint: names === "" ? `"ctf env ls" lists what there is.` : `Name one by its prefix: ${names}.`,
    }),
  ]);
}

function prefixOf({ name, prefix }: Target): string {
  if (prefix !== undefined) return prefix;
  throw new UsageError([
    noEnvironment({
      message: `target ${name} has no prefix, so it is no environment`,
      hint: 'Only what stands beside production can be dropped; "ctf prune" drops outputs that no definition names any more.',
    }),
  ]);
}

async function drop(context: CliContext, typed: string, flags: DropFlags): Promise<void> {
  const { project } = await context.loadProject();
  const { name, prefix, target, madeFor } = await meantBy(context, project, typed, flags);
  const [{ contentsOf }, { dropEnvironment, runsIn }, { speaking }] = await Promise.all([
    import("../../warehouse/environments/contents.ts"),
    import("../../warehouse/environments/drop.ts"),
    import("../../warehouse/errors.ts"),
  ]);
  const whose = { project: project.name, prefix };
  const { client, isThere } = await connectTo(context, project, target);
  try {
    const contents = isThere ? await contentsOf(client, whose) : { schemas: [], objects: [], dependents: [] };
    // Its name may have become another target's.
    const isItsOwn = name === madeFor || project.targets.every((one) => one.name !== madeFor);
    const path = join(project.root, ".ctf", "environments", madeFor);
    const folder = isItsOwn && existsSync(path) ? path : undefined;
    if (contents.schemas.length === 0 && folder === undefined) {
      context.stderr.write(`There is nothing of ${name} to drop.\n`);
      return;
    }
    context.stdout.write(`${drawContents(contents, folder).join("\n")}\n`);
    refuse(name, contents, isThere ? await runsIn(client, whose) : [], flags);
    const question = `Drop ${counted(contents.objects.length, "object")} of ${name} for good? Type yes: `;
    if (!flags.yes && !(await agreed(context, question))) {
      context.stderr.write("Nothing was dropped.\n");
      return;
    }
    const work = dropEnvironment(client, contents, whose);
    if (isThere) await speaking(work, `the environment ${name}`);
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    for (const path of onS3(project, madeFor)) context.stderr.write(`${path} stays, if it was written.\n`);
    context.stderr.write(
      `Dropped ${name}: ${counted(contents.objects.length, "object")}, ${counted(contents.schemas.length, "schema")}.\n`,
    );
  } finally {
    await client.end();
  }
}

const onS3 = ({ transforms }: Project, target: string): readonly string[] =>
  transforms.flatMap(({ outputs }) =>
    outputs.flatMap((one) => (one.type === "file" && one.path.startsWith("s3://") ? [fileOf(target, one.path)] : [])),
  );

/** A few lines for each schema: a warehouse may have thousands of tables. */
function drawContents({ schemas, objects }: Contents, folder: string | undefined): readonly string[] {
  const lines = schemas.map((schema) => {
    const its = objects.filter((one) => one.schema === schema);
    const types = new Map<string, number>();
    for (const { type } of its) types.set(type, (types.get(type) ?? 0) + 1);
    const numbers = [...types].map(([type, number]) => counted(number, type)).join(", ") || "nothing";
    return `schema ${schema}: ${numbers}, ${bytes(its.reduce((sum, one) => sum + one.bytes, 0))}`;
  });
  return [...lines, ...(folder === undefined ? [] : [`files in ${folder}`])];
}

const SOME = 10;

/** @throws DiagnosticError naming what would go that is not CTF's */
function refuse(name: string, contents: Contents, runs: readonly string[], { cascade }: DropFlags): void {
  const problems: Diagnostic[] = runs.map((run) =>
    environmentInUse({ message: `run ${run} is at work on ${name}`, hint: "Wait for its end, or stop it." }),
  );
  const strange = [
    ...contents.objects.filter(({ ours }) => !ours).map(({ type, identity }) => `${type} ${identity}`),
    ...contents.dependents.map((description) => `${description} depends on it`),
  ];
  if (strange.length > 0 && !cascade) {
    const more = strange.length > SOME ? `; and ${strange.length - SOME} more` : "";
    problems.push(
      notOnlyOurs({
        message: `CTF can't prove that all of ${name} is its own: ${strange.slice(0, SOME).join("; ")}${more}`,
        hint: "Look at them, then say --cascade to drop them as well.",
      }),
    );
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
}

export function register(program: Command, context: CliContext): void {
  const env = program
    .command("env")
    .summary("list and drop environments")
    .description(
      "Environments are targets with a prefix: their outputs stand in schemas of their own, beside production's.",
    );
  env
    .command("ls")
    .summary("list environments")
    .description("Lists the project's environments in a database: size, age, last run.")
    .option("--target <target>", "a target in that database; else the default one")
    .option("--json", "print JSON")
    .action((flags: { readonly target?: string; readonly json?: boolean }) => list(context, flags));
  env
    .command("drop")
    .summary("drop one with all that it has built")
    .description(
      "Lists what a target with a prefix has built; then, after asking, drops it with its schemas and records. Where the target is not in " +
        "ctf.yaml any more, the database still knows it.",
    )
    .argument("<target>", "the target; or the prefix of one that ctf.yaml does not have any more")
    .option("--target <target>", "where that one was: a target in the same database; else the default one")
    .option("--yes", "drop without asking")
    .option("--cascade", "also what CTF did not make, and what depends on it elsewhere")
    .action((name: string, flags: DropFlags) => drop(context, name, flags));
}
