/** The conf file of a data-dir: read, and put there when it is not there yet. */
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DiagnosticError, isError } from "../../diagnostics/diagnostic.ts";
import { badValue, conflictingKeys, missingKey } from "../../project/codes/definition_codes.ts";
import { isBytes, readBytes, textOf } from "../../project/files.ts";
import { explain } from "../../project/read/explain.ts";
import type { Problem } from "../../project/problem.ts";
import { readFile } from "../../project/read/file.ts";
import { noFolder } from "../codes.ts";
import type { Processor } from "../process.ts";
import type { Scenario } from "../scenarios/types.ts";
import { CONF_FILE, CONF_TEXT } from "./defaults.ts";
import { confFile, type RawConf } from "./syntax.ts";

export interface Conf {
  readonly scenarios: ReadonlyMap<string, Scenario>;
  readonly processors: ReadonlyMap<string, KnownProcessor>;
  readonly seed: number;
}

export interface KnownProcessor {
  readonly processor: Processor;
  /** Events that it can do with. */
  readonly atMost?: number;
}

/** `given`: another conf file than the one of the data-dir. @throws DiagnosticError with all that is wrong in it */
export function readConf(dataDir: string, given?: string): Conf {
  const file = given ?? join(dataDir, CONF_FILE);
  refuseFile(dataDir);
  if (given === undefined && !existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, CONF_TEXT);
  }
  const bytes = readBytes(dirname(file), basename(file));
  const text = isBytes(bytes) ? textOf(bytes, file) : { ...bytes, span: { file } };
  if (typeof text !== "string") throw new DiagnosticError([text]);
  return confOf(text, file);
}

/** @throws DiagnosticError where the data-dir is no folder */
export function refuseFile(dataDir: string): void {
  if (statSync(dataDir, { throwIfNoEntry: false })?.isDirectory() ?? true) return;
  const message = `${dataDir} is not a folder, and the workshop keeps its server and its files in one`;
  throw new DiagnosticError([noFolder({ message, hint: "Name another one with --data-dir." })]);
}

/** The conf file that the workshop comes with. */
export const shippedConf = (): Conf => confOf(CONF_TEXT, CONF_FILE);

function confOf(text: string, file: string): Conf {
  const { definition, diagnostics } = readFile<Conf>({
    file,
    text,
    interpret: (value) => {
      const { data, error } = confFile.safeParse(value);
      if (!data) return { problems: explain(confFile, error.issues, value) };
      const problems = [...nameProblems(data), ...scenarioProblems(data), ...processorProblems(data)];
      return problems.length > 0 ? { problems } : { definition: interpreted(data), problems };
    },
  });
  if (!definition || diagnostics.some(isError)) throw new DiagnosticError(diagnostics);
  return definition;
}

const NAME = /^[a-z][a-z0-9-]{0,29}$/;

/** They become names of databases and files. */
const nameProblems = (conf: RawConf): readonly Problem[] =>
  (["scenarios", "processors"] as const).flatMap((part) =>
    Object.keys(conf[part])
      .filter((name) => !NAME.test(name))
      .map((name) => ({
        code: badValue,
        path: [part, name],
        at: "key",
        message: `"${name}" can't be a name: it must be lower-case letters, digits and hyphens, begin with a letter, and have 30 at most`,
      })),
  );

const scenarioProblems = ({ scenarios }: RawConf): readonly Problem[] =>
  Object.entries(scenarios).flatMap(([name, { users, forms, submissions }]): readonly Problem[] => {
    if (submissions === 0 || (users > 0 && forms > 0)) return [];
    const message = "submissions need users who make them, and forms that they answer";
    const hint = "Give at least one of each, or no submissions.";
    return [{ code: conflictingKeys, path: ["scenarios", name], at: "key", message, hint }];
  });

const STEPS = ["extract", "transform", "load"] as const;

function processorProblems({ processors }: RawConf): readonly Problem[] {
  return Object.entries(processors).flatMap(([name, raw]): readonly Problem[] => {
    const path = ["processors", name];
    const wholes = (["statement", "flatten"] as const).filter((key) => raw[key] !== undefined);
    const steps = [...STEPS, "chunk" as const].filter((key) => raw[key] !== undefined);
    if (wholes.length > 0) {
      const others = [...steps, ...wholes.slice(1)];
      return others.map((key) => ({
        code: conflictingKeys,
        path: [...path, key],
        at: "key",
        message: `"${wholes[0]}" does the whole work, so "${key}" has no meaning beside it`,
        hint: "Leave one of them out.",
      }));
    }
    return STEPS.filter((key) => raw[key] === undefined).map((key) => ({
      code: missingKey,
      path,
      at: "key",
      message: `processor "${name}" does not say how it is to ${key}`,
      hint: `Add "${key}:"; or "statement: paths", or "flatten: sql".`,
    }));
  });
}

const interpreted = ({ scenarios, processors, seed = 1 }: RawConf): Conf => ({
  scenarios: new Map(Object.entries(scenarios)),
  processors: new Map(
    Object.entries(processors).map(([name, raw]) => [
      name,
      { processor: processorOf(raw), ...(raw.at_most !== undefined && { atMost: raw.at_most }) },
    ]),
  ),
  seed,
});

function processorOf({
  extract,
  transform,
  load,
  chunk = 500,
  statement,
  flatten,
}: RawConf["processors"][string]): Processor {
  if (statement !== undefined) return { statement };
  if (flatten !== undefined) return { flatten };
  return { extract: extract!, transform: transform!, load: load!, chunk };
}
