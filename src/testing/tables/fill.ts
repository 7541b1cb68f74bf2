/** The empty tables that tests need, made on an empty database by the code that `ctf check` tries everything with. */
import { placesIn } from "../../compile/places.ts";
import { makeStandIns } from "../../compile/stand_ins.ts";
import { StatementRunner } from "../../compile/statements.ts";
import type { Relation, Unit } from "../../compile/units.ts";
import { DiagnosticError, isError } from "../../diagnostics/diagnostic.ts";
import type { Kinds } from "../../plan/kind.ts";
import { makePlan } from "../../plan/make.ts";
import type { Project } from "../../project/types.ts";
import { batch } from "../../warehouse/session/batch.ts";
import { buildSchema } from "../../warehouse/build/build.ts";
import type { Session } from "../../warehouse/empty/database.ts";
import { identifier, qualified } from "../../warehouse/names.ts";
import { migrate } from "../../warehouse/records/migrations.ts";
import { REHEARSALS } from "../../warehouse/testbed/rehearse.ts";
import { cannotPrepare } from "../codes.ts";

export interface WantedTables {
  readonly tested: ReadonlySet<Unit>;
  readonly relations: readonly Relation[];
  readonly makers: readonly Unit[];
}

/** Makes everything, in the first of two sessions and beside it. @throws DiagnosticError where a declaration can't be made */
export async function fillTables(
  project: Project,
  kinds: Kinds,
  { tested, relations, makers }: WantedTables,
  session: () => Promise<Session>,
): Promise<void> {
  const sessions = await Promise.all([session(), session()]);
  const { client } = sessions[0]!;
  const schemas = new Set(relations.map(({ declared }) => declared.schema));
  for (const { transform } of [...tested, ...makers]) {
    for (const output of transform.outputs) if (output.type !== "file") schemas.add(output.schema);
  }
  // With checks and indexes: rows that a test gives are to be such as there could be.
  const whole = new Set([...tested, ...relations.flatMap(({ maker }) => maker ?? [])]);
  const standIns = await makeStandIns(sessions, relations, schemas, whole, () => placesIn(project.root));
  const diagnostics = [];
  if (makers.length > 0) {
    const texts = new Map(makers.map(({ transform, text }) => [transform.codeFile!, text ?? ""]));
    const { plan } = await makePlan(project, kinds, {
      ids: makers.map(({ transform }) => transform.id),
      description: "tests",
      target: "tests",
      variables: {},
      readCode: (file) => texts.get(file)!,
    });
    const runner = new StatementRunner({ session }, sessions[0]!, standIns);
    for (const unit of makers) {
      const action = plan.transforms.find(({ id }) => id === unit.transform.id)?.action;
      if (action?.type !== "run_statements") continue;
      diagnostics.push(...(await runner.run(unit, action)));
      await standIns.again();
    }
  }
  diagnostics.push(...(await standIns.finish()));
  const problems = diagnostics.filter(isError);
  if (problems.length > 0) {
    throw new DiagnosticError(
      problems.map(({ code, message, name: _, severity: __, ...rest }) =>
        cannotPrepare({ ...rest, message: `${message} (${code})` }),
      ),
    );
  }
  const made = relations.filter(({ maker, declared }) => maker?.byStatements && declared.type === "table");
  await migrate(client);
  await batch(client, [
    ...made.map(({ declared }) => ({ text: `DELETE FROM ${qualified(declared)}` })),
    { text: `CREATE SCHEMA ${identifier(buildSchema(REHEARSALS))}` },
  ]);
}
