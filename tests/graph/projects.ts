import type { Pipeline, Project, Transform } from "../../src/project/types.ts";

/** A project from ids and what each reads: `{"p.b": "p.a q.x [source]"}`. Definitions are under pipelines/. */
export function projectOf(reads: Readonly<Record<string, string>>): Project {
  const transforms = Object.entries(reads).map(([id, inputs]) => transformOf(id, inputs.split(" ").filter(Boolean)));
  const pipelines = [...new Set(transforms.map((t) => t.pipeline))].sort().map((name): Pipeline => ({
    name,
    file: `pipelines/${name}/pipeline.yaml`,
    folder: `pipelines/${name}`,
    owners: ["data@example.org"],
  }));
  return {
    root: "/project",
    name: "test",
    postgres: 18,
    defaultTarget: "local",
    targets: [{ name: "local", type: "embedded" }],
    variables: [],
    pythonRequirements: [],
    pipelines,
    transforms,
    sources: [],
    unread: { pipelines: [], tables: new Set() },
  };
}

function transformOf(id: string, inputs: readonly string[]): Transform {
  const [pipeline, name] = id.split(".") as [string, string];
  return {
    id,
    pipeline,
    name,
    file: `pipelines/${pipeline}/${name}.yaml`,
    kind: "create_table_as",
    owners: ["data@example.org"],
    inputs: inputs.map((input) =>
      input.startsWith("[") ? { type: "source", name: input.slice(1, -1) } : { type: "transform", id: input },
    ),
    outputs: [
      {
        type: "table",
        schema: pipeline,
        name,
        columns: [],
        unique: [],
        indexes: [],
        constraints: [],
        foreignKeys: [],
        statistics: [],
        grants: [],
      },
    ],
    monitors: [],
    settings: {},
    retries: 0,
    publishWaitMs: 1000,
    snapshotWaitMs: 1000,
    keepPrevious: false,
    codeFile: `pipelines/${pipeline}/${name}.sql`,
    spec: {},
  };
}
