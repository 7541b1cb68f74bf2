/** The same table by CTF's own kind `flatten`, run as `ctf run` runs it: in a project of its own, for this one run. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { buildGraph } from "../../graph/graph.ts";
import { select } from "../../graph/select.ts";
import { kinds } from "../../kinds/index.ts";
import { makePlan, readFrom } from "../../plan/make.ts";
import { loadProject } from "../../project/load.ts";
import { runPlan } from "../../run/run.ts";
import type { Session } from "../session/session.ts";
import { sql } from "../session/sql.ts";

export type Engine = "sql" | "stream";

const URL_NAME = "CTF_WORKSHOP_URL";

/** The transform in YAML: of the forms and submissions of a scenario, with the columns of the other processors' table. */
export const flattenDefinition = (engine: Engine, table: string): string => `kind: flatten
inputs: [{source: submissions}, {source: forms}]
flatten:
  engine: ${engine}
  documents:
    from: app.submissions
    column: responses
    key: id
    schema_key: form_id
    carry: {id: submission_id, user_id: user_id, source: source, date_created: date_created, date_submitted: date_submitted}
  schema: {from: app.forms, column: schema, key: id}
output:
  table: ${table}
  columns:
    - {name: submission_id, type: bigint}
    - {name: user_id, type: integer}
    - {name: form_id, type: integer}
    - {name: source, type: text}
    - {name: date_created, type: timestamptz}
    - {name: date_submitted, type: timestamptz}
    - {name: processed_on, type: timestamptz}
    - {name: schema_path, type: text}
    - {name: value, type: text}
    - {name: answer_type, type: text}
    - {name: tag, type: text}
`;

const filesFor = (engine: Engine): Readonly<Record<string, string>> => ({
  "ctf.yaml": `ctf: 1\nproject: workshop\ntargets: {workshop: {url_env: ${URL_NAME}}}\ndefault_target: workshop\n`,
  "sources/app.yaml": `sources:
  - {name: submissions, table: app.submissions}
  - {name: forms, table: app.forms}
`,
  "pipelines/workshop/pipeline.yaml": "description: The workshop.\nowners: [workshop@clover.example]\n",
  "pipelines/workshop/response_events.yaml": flattenDefinition(engine, "dwh.response_events"),
});

/** Runs the transform in place of the table that the scenario came with. Gives how many events there are. */
export async function flattenEvents(
  session: Session,
  url: string,
  major: 15 | 16 | 17 | 18,
  engine: Engine,
): Promise<number> {
  await session.execute(sql`DROP TABLE dwh.response_events`);
  const root = mkdtempSync(join(tmpdir(), "ctf-workshop-"));
  try {
    for (const [path, text] of Object.entries(filesFor(engine))) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return await runProject(root, url, major);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function runProject(root: string, url: string, major: 15 | 16 | 17 | 18): Promise<number> {
  const { project } = await loadProject(root, kinds, { cache: false });
  const selection = select(project, buildGraph(project), { cwd: root, all: true });
  if (!("ids" in selection)) throw new DiagnosticError(selection);
  const { plan, diagnostics } = await makePlan(project, kinds, {
    ...selection,
    target: "workshop",
    variables: {},
    readCode: readFrom(root),
  });
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  const never = new AbortController().signal;
  const { status, transforms } = await runPlan(plan, {
    root,
    target: project.targets.find(({ name }) => name === "workshop")!,
    postgres: major,
    concurrency: 1,
    failFast: true,
    resume: false,
    rebuildViews: false,
    interrupt: never,
    kill: never,
    env: { [URL_NAME]: url },
    listeners: [],
  });
  if (status !== "succeeded") throw new DiagnosticError(transforms.flatMap((one) => one.diagnostics));
  return transforms[0]?.counts?.rows ?? 0;
}
