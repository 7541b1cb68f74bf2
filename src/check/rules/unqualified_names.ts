import { defineCode } from "../../diagnostics/diagnostic.ts";
import { tableText } from "../../project/types.ts";
import type { Transform } from "../../project/types.ts";
import { namePart } from "../../project/write/table_name.ts";
import { spanOf } from "../reads.ts";
import type { Mention } from "../uses/types.ts";
import { made, selected } from "./example_files.ts";
import type { Facts, Rule, RuleFinding } from "./rule.ts";

const inputs = "inputs:\n  - transform: paid\n";

const unqualifiedName = defineCode({
  code: "CTF236",
  name: "unqualified-name",
  severity: "error",
  what: "The SQL names a table or view without its schema.",
  why: "Which table that is depends on the search path of whoever runs it: it may be another one tomorrow.",
  todo: "Write schema.name.",
  fixable: true,
  bad: { ...made("claims", "paid"), ...selected("claims", "open", inputs, "SELECT claim_id FROM paid") },
  good: { ...made("claims", "paid"), ...selected("claims", "open", inputs, "SELECT claim_id FROM claims.paid") },
});

export const unqualifiedNames: Rule = {
  codes: [unqualifiedName],
  check: (facts) =>
    facts.project.transforms.flatMap((transform) => {
      const uses = facts.uses.get(transform.id);
      if (!uses?.reads.some(isUnqualified) && !uses?.writes.some(isUnqualified)) return [];
      return [...uses.reads, ...uses.writes].filter(isUnqualified).map((mention) => finding(mention, transform, facts));
    }),
};

/** PostgreSQL's own catalog is always found. */
const isUnqualified = ({ schema, name }: Mention): boolean => schema === undefined && !name.startsWith("pg_");

function finding(mention: Mention, transform: Transform, { relations }: Facts): RuleFinding {
  const candidates = candidatesFor(mention.name, transform, relations);
  const [only, ...others] = candidates;
  const { start } = mention;
  const schema = only?.slice(0, only.indexOf("."));
  return {
    file: transform.file,
    transform: transform.id,
    problem: {
      code: unqualifiedName,
      path: [],
      span: spanOf(transform, mention),
      message: `${mention.name} is named without its schema`,
      hint: only === undefined ? "Write schema.name." : `Write ${candidates.slice(0, 4).join(" or ")}.`,
    },
    ...(schema !== undefined &&
      others.length === 0 && {
        remedy: {
          type: "edit",
          edit: { span: { file: transform.codeFile!, start, end: start }, text: `${namePart(schema)}.` },
        },
      }),
  };
}

/** What may be meant: the transform's own outputs and inputs before all others. */
function candidatesFor(name: string, transform: Transform, relations: Facts["relations"]): readonly string[] {
  const own = transform.outputs.flatMap((o) => (o.type !== "file" && o.name === name ? [tableText(o)] : []));
  const read = transform.inputs
    .flatMap((input) => relations.of(input))
    .flatMap(({ text }) => (text.endsWith(`.${name}`) ? [text] : []));
  const near = [...new Set([...own, ...read])];
  return near.length > 0 ? near : relations.named(name).map(({ text }) => text);
}
