import { defineCode } from "../../diagnostics/diagnostic.ts";
import { outputPath } from "../../project/output_path.ts";
import type { Finding, Place } from "../../project/problem.ts";
import { type Index, type TableOutput, tableText, type Transform } from "../../project/types.ts";
import { defaultName } from "../default_names.ts";
import type { Rule } from "./rule.ts";

const table = (name: string, index: string) => ({
  [`pipelines/claims/${name}.yaml`]: `kind: no_op
output:
  table: claims.${name}
  columns:
    - {name: paid_on, type: date}
  indexes:
    - {columns: [paid_on], name: ${index}}
`,
});

const nameCollision = defineCode({
  code: "CTF214",
  name: "name-collision",
  severity: "error",
  what: "Two indexes, keys, tables or views of a schema have the same name.",
  why: "PostgreSQL keeps them in one list for each schema, so the second could not be made. A primary key and each unique list is an index, too; names that PostgreSQL makes up itself can meet where tables have long names that begin alike.",
  todo: "Give one of them another name.",
  bad: { ...table("billed", "by_day"), ...table("paid", "by_day") },
  good: { ...table("billed", "billed_by_day"), ...table("paid", "paid_by_day") },
});

/** A name of an output, and what bears it: the table or view itself, its primary key, or the nth of its lists. */
interface Name {
  readonly transform: Transform;
  /** Which of the transform's outputs. */
  readonly output: number;
  readonly bearer: "itself" | "primary_key" | "unique" | "indexes";
  readonly index: number;
  /** Said by the definition. Of names made up within one table, PostgreSQL numbers the second. */
  readonly declared: boolean;
}

export const nameCollisions: Rule = {
  codes: [nameCollision],
  check({ project }) {
    // Two steps spare making a text for each name.
    const taken = new Map<string, Map<string, Name>>();
    const findings: Finding[] = [];
    const take = (schema: string, name: string, bearer: Name) => {
      let here = taken.get(schema);
      if (!here) taken.set(schema, (here = new Map()));
      const holder = here.get(name);
      if (!holder) here.set(name, bearer);
      else if (collide(holder, bearer)) findings.push(finding(name, bearer, holder));
    };
    for (const transform of project.transforms) {
      transform.outputs.forEach((output, i) => {
        if (output.type !== "table" && output.type !== "view") return;
        take(output.schema, output.name, { transform, output: i, bearer: "itself", index: 0, declared: true });
        if (output.type === "table") {
          takeIndexNames(output, (bearer, index, declared, madeUp) => {
            const name = declared ?? madeUp;
            if (name === undefined) return;
            take(output.schema, name, { transform, output: i, bearer, index, declared: declared !== undefined });
          });
        }
      });
    }
    return findings;
  },
};

/** Two relations of the same name are told of as a duplicate output. */
function collide(a: Name, b: Name): boolean {
  if (a.bearer === "itself" && b.bearer === "itself") return false;
  return a.transform !== b.transform || a.output !== b.output || (a.declared && b.declared);
}

function finding(name: string, one: Name, other: Name): Finding {
  return {
    file: one.transform.file,
    transform: one.transform.id,
    problem: {
      code: nameCollision,
      ...placeOf(one),
      message: `${describe(one)} is called ${name}, and so is ${describe(other)}`,
      labels: [{ ...placeOf(other), file: other.transform.file, message: "the other one" }],
      hint: 'Give one of them another "name:".',
    },
  };
}

const WORDS = { primary_key: "the primary key", unique: "a unique list", indexes: "an index" } as const;

function describe({ transform, output, bearer }: Name): string {
  const relation = transform.outputs[output] as TableOutput;
  return bearer === "itself" ? `the ${relation.type} itself` : `${WORDS[bearer]} of ${tableText(relation)}`;
}

function placeOf({ transform, output, bearer, index, declared }: Name): Place {
  const base = outputPath(transform, output);
  if (bearer === "itself") return { path: [...base, transform.outputs[output]!.type] };
  const path = bearer === "primary_key" ? [...base, bearer] : [...base, bearer, index];
  return declared ? { path: [...path, "name"] } : { path, at: "key" };
}

type Take = (bearer: Name["bearer"], index: number, declared: string | undefined, madeUp: string | undefined) => void;

function takeIndexNames({ name, primaryKey, unique, indexes }: TableOutput, take: Take): void {
  if (primaryKey) take("primary_key", 0, primaryKey.name, defaultName(name, [], "pkey"));
  unique.forEach((key, i) => take("unique", i, key.name, defaultName(name, key.columns, "key")));
  indexes.forEach((index, i) => take("indexes", i, index.name, madeUpName(name, index)));
}

/** Unknown for an index on an expression: PostgreSQL names it after the functions in it. */
function madeUpName(table: string, index: Index): string | undefined {
  const columns: string[] = [];
  for (const { column } of index.keys) {
    if (column === undefined) return undefined;
    columns.push(column);
  }
  return defaultName(table, [...columns, ...(index.include ?? [])], "idx");
}
