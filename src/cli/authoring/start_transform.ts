/** `ctf start KIND OUTPUT FILE`: a definition beside its SQL. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { shellWord } from "../../diagnostics/shell_word.ts";
import { isBytes, readBytes, textOf } from "../../project/files.ts";
import { readTableName } from "../../project/names.ts";
import type { Kind, Kinds } from "../../plan/kind.ts";
import { readFrom } from "../../plan/make.ts";
import { type Project, tableText } from "../../project/types.ts";
import { writeNewFiles } from "../../project/write/new_files.ts";
import { copySchemas } from "../../project/write/schemas.ts";
import { UsageError } from "../context.ts";
import { variableValues } from "../asked/variables.ts";
import { badStart } from "./codes.ts";
import { isDataFile, sourceOf } from "./data_file.ts";
import { definitionText, type NewOutput } from "./definition_text.ts";
import { readFileSource } from "./file_source.ts";
import { checkFree } from "./free_output.ts";
import { ownersEntry } from "./owner.ts";
import { mustNotExist, type Place, placeOf } from "./place.ts";
import { type Reading, readCode } from "./reading.ts";

export interface StartRequest {
  readonly project: Project;
  readonly kinds: Kinds;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly kind: string;
  /** table, view, file or none. */
  readonly output: string;
  readonly file: string;
  readonly pipeline?: string;
  /** `schema.name` */
  readonly outputName?: string;
  /** Gets a line about what takes time. */
  readonly notice: (text: string) => void;
}

export interface Started {
  readonly id: string;
  /** Paths from the project's root. */
  readonly written: readonly string[];
  /** Whether the definition waits for its SQL to be written. */
  readonly skeleton: boolean;
  readonly notes: readonly string[];
}

export async function startTransform(request: StartRequest): Promise<Started> {
  const { project } = request;
  const kind = findKind(request);
  const type = findOutput(kind, request.output);
  if (kind.name === "load") mustNotBeData(request);
  const place = placeOf({ ...request, extension: kind.code?.extension ?? "" });
  const output = newOutput(type, place, request.outputName);
  if (output.type === "table" || output.type === "view") checkFree(project, place.yaml, output);

  const owners = ownersEntry(request.cwd, request.env, place.pipeline.owners);
  const textWith = (reading?: Reading) =>
    definitionText({ kind: kind.name, place, owners, output, ...(reading && { reading }) });
  const skeleton = textWith();
  // A skeleton that nobody has touched holds nobody's words: once the SQL is there, it is filled in.
  const untouched = existsSync(join(project.root, place.yaml)) && readFrom(project.root)(place.yaml) === skeleton;
  if (!untouched) mustNotExist(project.root, place.yaml);

  const hasCode = kind.code !== undefined && existsSync(join(project.root, place.code)) && !isSkeleton(project, place);
  const readable = hasCode && kind.code?.extension === ".sql";
  const reading = readable
    ? await readExisting(request, kind, place, output)
    : kind.name === "load"
      ? await readFileSource(project, place.name, request.env)
      : undefined;

  const lacksCode = kind.code !== undefined && !existsSync(join(project.root, place.code));
  writeNewFiles(project.root, {
    ...(untouched ? {} : { [place.yaml]: textWith(reading) }),
    ...(lacksCode ? { [place.code]: skeletonCode(kind, place, output) } : {}),
  });
  if (untouched) writeFileSync(join(project.root, place.yaml), textWith(reading));
  copySchemas(project.root);
  return {
    id: `${place.pipeline.name}.${place.name}`,
    written: [place.yaml, ...(lacksCode ? [place.code] : [])],
    skeleton: kind.code?.extension === ".sql" && !hasCode,
    notes: reading?.notes ?? [],
  };
}

function findKind({ kinds, kind: name, output, file }: StartRequest): Kind {
  const kind = kinds.get(name);
  if (kind) return kind;
  const near = nearest(name, kinds.keys());
  const hint = kinds.has(output)
    ? `The kind comes first: ctf start ${output} ${name} ${shellWord(file)}`
    : near === undefined
      ? `There are ${[...kinds.keys()].join(", ")}.`
      : `Did you mean ${near}?`;
  throw new UsageError([badStart({ message: `there is no kind ${name}`, hint })]);
}

/** Of a load, FILE names the transform; which files it reads is said by a source. */
function mustNotBeData({ project: { root }, cwd, file }: StartRequest): void {
  const data = [resolve(cwd, file), join(root, file), join(root, "data", file)].find(isDataFile);
  if (data === undefined) return;
  const { name, item } = sourceOf(root, data);
  throw new UsageError([
    badStart({
      message: `${file} is a file to load; here stands the name of the transform that loads it`,
      hint: `Declare it in sources/files.yaml, if no source does yet: ${item}. Then: ctf start load table ${name}`,
    }),
  ]);
}

type OutputType = "table" | "view" | "file" | "none";

function findOutput(kind: Kind, output: string): OutputType {
  const possible = [
    ...kind.outputs.filter((type) => type !== "function"),
    ...(kind.severalOutputs ? ["none"] : []),
  ] as OutputType[];
  const found = possible.find((type) => type === output);
  if (found) return found;
  const near = nearest(output, possible);
  throw new UsageError([
    badStart({
      message: `a transform of kind ${kind.name} can't have ${output} as its output`,
      hint: near === undefined ? `It can have: ${possible.join(", ")}.` : `Did you mean ${near}?`,
    }),
  ]);
}

function newOutput(type: OutputType, place: Place, name: string | undefined): NewOutput {
  if (type === "none") return { type };
  if (type === "file") return { type, path: name ?? `out/${place.name}.csv` };
  if (name === undefined)
    return { type, schema: place.pipeline.name.replaceAll("-", "_"), name: place.name.replaceAll("-", "_") };
  const { table, problems } = readTableName(name, ["--output"]);
  if (!table || problems.length > 0) {
    throw new UsageError(
      problems.map(({ code, message, hint }) => code({ message, ...(hint !== undefined && { hint }) })),
    );
  }
  return { type, ...table };
}

function readExisting(request: StartRequest, kind: Kind, place: Place, output: NewOutput): Promise<Reading> {
  const { project, kinds, env, notice } = request;
  const text = textIn(project.root, place.code);
  const relation = output.type === "table" || output.type === "view" ? output : undefined;
  return readCode(
    { file: place.code, text, line: 1, column: 1 },
    {
      project,
      kinds,
      kind,
      pipeline: place.pipeline.name,
      ...(relation && { output: relation }),
      env,
      variables: variableValues(project, []),
      notice,
    },
  );
}

/** @throws DiagnosticError where the file is not text */
function textIn(root: string, file: string): string {
  const bytes = readBytes(root, file);
  const text = isBytes(bytes) ? textOf(bytes, file) : bytes;
  if (typeof text === "string") return text;
  throw new DiagnosticError([text]);
}

/** SQL: comments only, so that `ctf check` asks for the rest. */
function skeletonCode(kind: Kind, place: Place, output: NewOutput): string {
  const what = output.type === "none" ? place.name : output.type === "file" ? output.path : tableText(output);
  if (kind.code?.extension === ".py") return starterFunction(what);
  const lines = [
    `FILL IN: the SQL for ${what}. The kind ${kind.name} ${kind.summary}.`,
    "Tables stand under their real names, with the schema. Write it, then type the same ctf start again:",
    "it fills in the inputs and the columns of the definition.",
  ];
  return `${lines.map((line) => `-- ${line}`).join("\n")}\n`;
}

const starterFunction = (what: string): string => `"""${what}"""

import ctf


# FILL IN: a parameter for each input of the definition, by its name: \`claims: ctf.Table\`, and for files \`notes: ctf.Files\`.
# A table is read as claims.rows(), claims.batches(), claims.arrow() or claims.pandas().
def transform(ctx: ctf.Context):
    ctx.log.info("the run began at %s", ctx.now)
    # FILL IN: the rows, as tuples in the order of the columns, as dicts, as Arrow or as a DataFrame.
    yield from []
`;

const isSkeleton = (project: Project, place: Place): boolean => {
  const lines = readFileSync(join(project.root, place.code), "utf8").split("\n");
  return lines.every((line) => /^\s*(--|#|$)/.test(line));
};
