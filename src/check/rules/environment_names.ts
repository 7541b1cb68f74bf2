import { defineCode } from "../../diagnostics/diagnostic.ts";
import type { Project, Target } from "../../project/types.ts";
import { made } from "./example_files.ts";
import type { Rule, RuleFinding } from "./rule.ts";

const targets = (prefix: string) => ({
  ...made("claims", "paid"),
  "ctf.yaml": `ctf: 1\nproject: example\ntargets:\n  local: {embedded: true}\n  dev: {embedded: true, prefix: ${prefix}, defer: local}\n`,
});

const environmentName = defineCode({
  code: "CTF218",
  name: "environment-name",
  severity: "error",
  what: "A target's prefix makes a schema of outputs into a name that is taken, or longer than PostgreSQL keeps.",
  why: "The outputs of an environment would end up among tables that are not its own.",
  todo: "Give the target another prefix.",
  bad: targets("pg_"),
  good: targets("dev_"),
});

/** PostgreSQL cuts longer names off, in silence. */
const LONGEST = 63;

export const environmentNames: Rule = {
  codes: [environmentName],
  check({ project }) {
    const environments = project.targets.filter(({ prefix }) => prefix !== undefined);
    if (environments.length === 0) return [];
    const schemas = new Set(
      project.transforms.flatMap(({ outputs }) => outputs.flatMap((one) => (one.type === "file" ? [] : [one.schema]))),
    );
    const taken = takenBy(project, schemas);
    return environments.flatMap((target) => {
      for (const schema of schemas) {
        const fault = faultOf(`${target.prefix}${schema}`, target, taken);
        if (fault)
          return [
            finding(
              target,
              `with prefix ${target.prefix}, schema ${schema} becomes ${target.prefix}${schema}, ${fault}`,
            ),
          ];
        taken.set(`${target.prefix}${schema}`, { holder: `which is target ${target.name}'s`, target });
      }
      return [];
    });
  },
};

interface Taken {
  readonly holder: string;
  readonly target?: Target;
}

function takenBy({ sources }: Project, schemas: ReadonlySet<string>): Map<string, Taken> {
  const ofSources = sources.flatMap((source): readonly (readonly [string, Taken])[] =>
    source.type === "table" ? [[source.schema, { holder: `the schema of source ${source.sourceName}` }]] : [],
  );
  return new Map([
    ...ofSources,
    ...[...schemas].map((schema) => [schema, { holder: "the schema of other outputs" }] as const),
  ]);
}

function faultOf(name: string, target: Target, taken: ReadonlyMap<string, Taken>): string | undefined {
  if (Buffer.byteLength(name) > LONGEST) return `${Buffer.byteLength(name)} bytes: PostgreSQL keeps ${LONGEST}`;
  if (name.startsWith("pg_")) return "a name that PostgreSQL keeps for itself";
  if (/^(ctf|ctf_.*|information_schema)$/.test(name)) return "a name that is not for outputs";
  const holder = taken.get(name);
  // Two targets of one name in different databases are no trouble.
  return holder && (!holder.target || sameServer(holder.target, target)) ? holder.holder : undefined;
}

const sameServer = (one: Target, other: Target): boolean =>
  one.type === "embedded" ? other.type === "embedded" : other.type === "url" && one.urlEnv === other.urlEnv;

const finding = ({ name }: Target, message: string): RuleFinding => ({
  file: "ctf.yaml",
  problem: {
    code: environmentName,
    path: ["targets", name, "prefix"],
    message: `target ${name}: ${message}`,
    hint: "Give the target another prefix.",
  },
});
