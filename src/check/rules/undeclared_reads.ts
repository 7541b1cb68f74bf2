import { defineCode } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import type { Transform } from "../../project/types.ts";
import { itemText } from "../../project/write/item_text.ts";
import { sourceCommand } from "../../project/write/source_command.ts";
import { spanOf } from "../reads.ts";
import { inputItem, isOpen, isOwn, type Relation } from "../relations.ts";
import { isShut } from "../restrictions.ts";
import type { Mention } from "../uses/types.ts";
import { made, selected } from "./example_files.ts";
import type { Facts, Rule, RuleFinding } from "./rule.ts";

const SELECT = "SELECT claim_id FROM claims.paid";

const undeclaredRead = defineCode({
  code: "CTF203",
  name: "undeclared-read",
  severity: "error",
  what: "The SQL reads a table or view that is not among the transform's inputs.",
  why: "Inputs decide what runs before what, who is told of a change, and what the transform may read. What is not declared may be built too late, or be changed by people who can't know of you.",
  todo: "Add the input that the message names.",
  fixable: true,
  bad: { ...made("claims", "paid"), ...selected("claims", "open", "", SELECT) },
  good: { ...made("claims", "paid"), ...selected("claims", "open", "inputs:\n  - transform: paid\n", SELECT) },
});

export const undeclaredReads: Rule = {
  codes: [undeclaredRead],
  check: (facts) =>
    facts.project.transforms.flatMap((transform) => {
      const reads = facts.uses.get(transform.id)?.reads ?? [];
      if (reads.length === 0) return [];
      const told = new Set<string>();
      return reads.flatMap((mention): readonly RuleFinding[] => {
        const { schema, name } = mention;
        // A name without its schema is a fault of its own.
        if (schema === undefined || isOpen(schema)) return [];
        const relation = facts.relations.find(schema, name);
        if (relation && isDeclared(relation, transform)) return [];
        const text = `${schema}.${name}`;
        if (told.has(text)) return [];
        told.add(text);
        return relation ? known(relation, mention, transform) : unknown(text, mention, transform, facts);
      });
    }),
};

function isDeclared(relation: Relation, transform: Transform): boolean {
  if ("source" in relation) {
    const { sourceName } = relation.source;
    return transform.inputs.some((input) => input.type === "source" && input.name === sourceName);
  }
  const { id } = relation.transform;
  if (transform.inputs.some((input) => input.type === "transform" && input.id === id)) return true;
  // Statements may read what those before them made.
  return isOwn(relation, transform) && transform.codeHolds === "statements";
}

function known(relation: Relation, mention: Mention, transform: Transform): readonly RuleFinding[] {
  // Declaring it would not help: whoever may not read it is told so.
  if (isShut(relation, transform)) return [];
  if (isOwn(relation, transform)) {
    return [
      finding(transform, mention, {
        message: `reads ${relation.text}, which it makes itself`,
        hint: `If its kind keeps earlier rows (upsert), write "- transform: ${transform.name}" under inputs: in ${transform.file}. If not, read them from another table.`,
      }),
    ];
  }
  const input = inputItem(relation, transform.pipeline);
  return [
    {
      ...finding(transform, mention, {
        message: `reads ${relation.text}, which is not among its inputs`,
        hint: `Add "- ${itemText(input)}" under inputs: in ${transform.file}.`,
      }),
      remedy: { type: "add_input", input },
    },
  ];
}

function unknown(text: string, mention: Mention, transform: Transform, facts: Facts): readonly RuleFinding[] {
  // It may be made by something that is broken, of which has been told.
  if (facts.project.unread.tables.has(text)) return [];
  if (transform.inputs.some((input) => facts.relations.of(input).length === 0 && isMissing(input, facts))) return [];
  const near = nearest(text, facts.relations.all().keys());
  const command = sourceCommand({ schema: mention.schema!, name: mention.name });
  return [
    finding(transform, mention, {
      message: `reads ${text}, which is neither an output nor a source of this project`,
      hint:
        near === undefined
          ? `If CTF does not build it, declare it: "${command}", then name it under inputs: in ${transform.file}.`
          : `Did you mean ${near}? If CTF does not build ${text}, declare it: "${command}".`,
    }),
  ];
}

const isMissing = (input: Transform["inputs"][number], { graph }: Facts): boolean =>
  input.type === "source" || !graph.downstream.has(input.id);

const finding = (
  transform: Transform,
  mention: Mention,
  words: { readonly message: string; readonly hint: string },
): RuleFinding => ({
  file: transform.file,
  transform: transform.id,
  problem: { code: undeclaredRead, path: [], span: spanOf(transform, mention), ...words },
});
