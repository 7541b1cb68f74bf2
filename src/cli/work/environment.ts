/** What a target with a prefix finds in the warehouse, for a plan that is to be carried out or shown on it. */
import { DiagnosticError, isError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { environmentOf, isHere, withMade } from "../../plan/environment/environment.ts";
import type { Surroundings } from "../../plan/environment/move_planned.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import type { Project, Target, Transform } from "../../project/types.ts";
import type { CliContext } from "../context.ts";
import { findTarget } from "../asked/targets.ts";

/** Asks the target's database once; nothing for a target without a prefix. @throws DiagnosticError */
export async function surroundingsOf(
  { env }: Pick<CliContext, "env">,
  project: Project,
  target: Target,
): Promise<Surroundings | undefined> {
  const question = environmentOf(project, target);
  if (!question) return undefined;
  const [{ connect, openTarget }, { databaseIdentity, whatIsThere }] = await Promise.all([
    import("../../warehouse/session/connect.ts"),
    import("../../warehouse/environments/there.ts"),
  ]);
  const open = async (one: Target) => connect((await openTarget(project, one, env)).url);
  const identityOf = async (name: string): Promise<string> => {
    const client = await open(findTarget(project, name));
    return databaseIdentity(client).finally(() => client.end());
  };
  const client = await open(target);
  try {
    const here = await databaseIdentity(client);
    for (const { target: other } of question.lookIn.slice(1)) {
      if ((await identityOf(other)) !== here) throw await inOtherDatabase(target.name, other);
    }
    const files = project.transforms.flatMap(({ outputs }) =>
      outputs.flatMap((output) => (output.type === "file" ? [output.path] : [])),
    );
    return { question, there: await whatIsThere(client, question, files) };
  } finally {
    await client.end();
  }
}

/** What keeps transforms from being run on a target with a prefix, whatever there is in its database. */
export async function whatCanNotMove(project: Project, target: Target): Promise<readonly Diagnostic[]> {
  const question = environmentOf(project, target);
  if (!question) return [];
  const [{ makePlan, readFrom }, { kinds }, { notMovable }] = await Promise.all([
    import("../../plan/make.ts"),
    import("../../kinds/index.ts"),
    import("../../plan/environment/codes.ts"),
  ]);
  const { diagnostics } = await makePlan(project, kinds, {
    ids: project.transforms.map(({ id }) => id),
    description: "all",
    target: target.name,
    variables: {},
    readCode: readFrom(project.root),
    cache: true,
    environment: { question, there: [] },
  });
  // What is wrong on every target has been said.
  return diagnostics.filter(({ code }) => code === notMovable.code);
}

/** The transforms of which all outputs stand in the target's own schemas; undefined for a target without a prefix. */
export async function builtOn(
  context: Pick<CliContext, "env">,
  project: Project,
  target: Target,
): Promise<ReadonlySet<string> | undefined> {
  const surroundings = await surroundingsOf(context, project, target);
  if (!surroundings) return undefined;
  const environment = withMade(surroundings.question, surroundings.there, [], []);
  return new Set(
    project.transforms
      .filter(({ outputs }) => outputs.length > 0 && outputs.every((one) => isHere(environment, one)))
      .map(({ id }) => id),
  );
}

/** One transform as it would be run by itself on a target with a prefix; undefined for one without. @throws DiagnosticError */
export async function planOne(
  context: Pick<CliContext, "env">,
  project: Project,
  { id }: Transform,
  target: Target,
): Promise<PlannedTransform | undefined> {
  const environment = await surroundingsOf(context, project, target);
  if (!environment) return undefined;
  const [{ makePlan, readFrom }, { kinds }, { notBuiltHere }] = await Promise.all([
    import("../../plan/make.ts"),
    import("../../kinds/index.ts"),
    import("../../plan/environment/codes.ts"),
  ]);
  const { plan, diagnostics } = await makePlan(project, kinds, {
    ids: [id],
    description: id,
    target: target.name,
    variables: {},
    readCode: readFrom(project.root),
    environment,
  });
  const problems = diagnostics.filter((one) => isError(one) && one.code !== notBuiltHere.code);
  if (problems.length > 0) throw new DiagnosticError(problems);
  return plan.transforms[0];
}

async function inOtherDatabase(target: string, other: string): Promise<DiagnosticError> {
  const { otherDatabase } = await import("../../warehouse/environments/codes.ts");
  return new DiagnosticError([
    otherDatabase({
      message: `target ${target} defers to ${other}, which is another database`,
      hint: `Give both the same address, or take "defer: ${other}" out of ctf.yaml.`,
    }),
  ]);
}
