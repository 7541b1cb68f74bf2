import { defineCode } from "../../diagnostics/diagnostic.ts";
import type { Transform } from "../../project/types.ts";
import { spanOf } from "../reads.ts";
import { isOwn, ownersOf, type Relation } from "../relations.ts";
import type { Write } from "../uses/types.ts";
import { made, statements } from "./example_files.ts";
import type { Rule, RuleFinding } from "./rule.ts";

const outputs = "output: {table: claims.open}\n";

const writeElsewhere = defineCode({
  code: "CTF231",
  name: "write-elsewhere",
  severity: "error",
  what: "Statements make or change a table or view that is not among the transform's outputs.",
  why: "Whoever reads it would not know that you change it, and a run could do so while another builds it.",
  todo: "Declare it under outputs, if nothing else makes it; if not, leave it to the transform that does. Temporary tables need no word.",
  bad: {
    ...made("claims", "paid"),
    ...statements(
      "claims",
      "open",
      outputs,
      "CREATE TABLE IF NOT EXISTS claims.open (claim_id bigint);\nTRUNCATE claims.paid;",
    ),
  },
  good: statements(
    "claims",
    "open",
    outputs,
    "CREATE TABLE IF NOT EXISTS claims.open (claim_id bigint);\nTRUNCATE claims.open;",
  ),
});

export const writesElsewhere: Rule = {
  codes: [writeElsewhere],
  check: ({ project, uses, relations }) =>
    project.transforms.flatMap((transform) => {
      const writes = uses.get(transform.id)?.writes ?? [];
      if (writes.length === 0) return [];
      const own = new Set(transform.outputs.flatMap((o) => (o.type === "file" ? [] : [`${o.schema}.${o.name}`])));
      const told = new Set<string>();
      return writes.flatMap((write): readonly RuleFinding[] => {
        if (write.schema === undefined || write.schema === "pg_temp") return [];
        const text = `${write.schema}.${write.name}`;
        if (own.has(text) || told.has(text)) return [];
        told.add(text);
        const relation = relations.find(write.schema, write.name);
        return isVerifiedAfter(relation, transform) ? [] : [finding(transform, write, text, relation)];
      });
    }),
};

/** A no_op makes nothing itself: it names the one that writes its table among its inputs, and verifies it afterwards. */
const isVerifiedAfter = (relation: Relation | undefined, writer: Transform): boolean =>
  relation !== undefined &&
  "transform" in relation &&
  relation.transform.madeElsewhere === true &&
  relation.transform.inputs.some((input) => input.type === "transform" && input.id === writer.id);

function finding(transform: Transform, write: Write, text: string, relation: Relation | undefined): RuleFinding {
  return {
    file: transform.file,
    transform: transform.id,
    problem: {
      code: writeElsewhere,
      path: [],
      span: spanOf(transform, write),
      message: `${write.how} ${text}, which is not among its outputs`,
      hint: wayOut(transform, relation),
    },
  };
}

function wayOut(transform: Transform, relation: Relation | undefined): string {
  if (!relation) return `If nothing else makes it, declare it under outputs: in ${transform.file}.`;
  const owners = ownersOf(relation);
  const asked = owners.length > 0 ? ` (${owners.join(", ")})` : "";
  if ("source" in relation) return `It is source "${relation.source.sourceName}", which CTF only reads${asked}.`;
  return isOwn(relation, transform)
    ? "It holds what a load could not read, and the load alone fills it."
    : `${relation.transform.id} makes it${asked}: make your change there, or a table of your own.`;
}
