import { type Code, defineCode } from "../diagnostics/diagnostic.ts";

export const unknownTransform = defineCode({
  code: "CTF401",
  name: "unknown-transform",
  severity: "error",
  what: "A command names a transform that the project does not have.",
  why: "CTF runs or shows exactly what was asked for; it never guesses.",
  todo: "Look for the name in `ctf ls`. A transform can be written as `t1`, `t1.sql`, `t1.yaml`, `pipeline.t1` or a path.",
});

export const unknownPipeline = defineCode({
  code: "CTF402",
  name: "unknown-pipeline",
  severity: "error",
  what: "A command names a pipeline that the project does not have.",
  why: "A pipeline is a folder under pipelines/ with a pipeline.yaml.",
  todo: "Look for the name in `ctf ls`, or make the pipeline with `ctf start pipeline NAME`.",
});

export const ambiguousTransform = defineCode({
  code: "CTF403",
  name: "ambiguous-transform",
  severity: "error",
  what: "A command names a transform in a way that fits several.",
  why: "Two pipelines may each have a transform of the same name.",
  todo: "Write it as `pipeline.transform`.",
});

export const transformElsewhere = defineCode({
  code: "CTF404",
  name: "transform-in-another-pipeline",
  severity: "error",
  what: "A command names a pipeline, and a transform that is in another one.",
  why: "A start and an end are looked for in the pipeline that runs; a way through several pipelines has no single schedule.",
  todo: "Name the pipeline that the transform is in, or use `--upstream` to add what other pipelines must build first.",
});

export const unreachableEnd = defineCode({
  code: "CTF405",
  name: "unreachable-end",
  severity: "error",
  what: "The end of a selection does not depend on its start.",
  why: "With both a start and an end, CTF runs what lies on the paths between them, and there is none.",
  todo: "Swap the two if they are the wrong way round, or give only one of them. `ctf graph PIPELINE` draws who reads whom.",
});

export const conflictingSelection = defineCode({
  code: "CTF406",
  name: "conflicting-selection",
  severity: "error",
  what: "Two ways to say what runs are given together.",
  why: "`--all`, `--only` and a start or end each say what runs by themselves.",
  todo: "Keep one of them.",
});

export const nothingSelected = defineCode({
  code: "CTF407",
  name: "nothing-selected",
  severity: "error",
  what: "A command does not say what to run, or what it names has no transforms.",
  why: "Running everything is never assumed; it has to be asked for.",
  todo: "Name a pipeline, stand in its folder, or give `--all`.",
});

/** For docs/diagnostics. @public */
export const codes: readonly Code[] = [
  unknownTransform,
  unknownPipeline,
  ambiguousTransform,
  transformElsewhere,
  unreachableEnd,
  conflictingSelection,
  nothingSelected,
];
