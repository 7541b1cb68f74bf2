import type { CreateFunctionStmt } from "libpg-query";
import { defineCode, type ExampleFiles } from "../../diagnostics/diagnostic.ts";
import { parse } from "../parser.ts";
import type { Finding } from "./hint.ts";

const make = (security: string): string =>
  `CREATE OR REPLACE FUNCTION h.one() RETURNS integer LANGUAGE sql${security} AS 'SELECT 1';`;

const example = (sql: string): ExampleFiles => ({
  "pipelines/h/pipeline.yaml": "owners: [health@clover.example]\n",
  "pipelines/h/one.yaml": "kind: sql\noutput: {function: h.one, arguments: []}\n",
  "pipelines/h/one.sql": `${sql}\n`,
});

export const securityDefiner = defineCode({
  code: "CTF336",
  name: "security-definer",
  severity: "warning",
  what: "A function reads with its owner's rights, whoever calls it.",
  why: "Its owner is CTF, which may read everything: whoever calls the function reads what it reads, declared or not, and no run can refuse it.",
  todo: "Leave out SECURITY DEFINER. Where it is meant, say why: `-- ctf: allow CTF336 because …`.",
  bad: example(make(" SECURITY DEFINER")),
  good: example(make("")),
});

/** The functions of statements that are SECURITY DEFINER, also those that are made so later. */
export function findSecurityDefiners(text: string): readonly Finding[] {
  // Looking for the word first spares most files the tree.
  if (!/definer/i.test(text)) return [];
  const parsed = parse(text);
  if (!parsed.ok) return [];
  return (parsed.tree.stmts ?? []).flatMap(({ stmt, stmt_location: start = 0 }): Finding[] => {
    if (!stmt) return [];
    const options =
      "CreateFunctionStmt" in stmt
        ? stmt.CreateFunctionStmt.options
        : "AlterFunctionStmt" in stmt
          ? stmt.AlterFunctionStmt.actions
          : [];
    const at = definer(options ?? []);
    if (at === undefined) return [];
    return [
      {
        offset: at > 0 ? at : start,
        message: "this function reads with CTF's rights, whoever calls it",
        hint: "leave out SECURITY DEFINER",
      },
    ];
  });
}

/** Where the options say it. */
function definer(options: NonNullable<CreateFunctionStmt["options"]>): number | undefined {
  for (const option of options) {
    if (!("DefElem" in option)) continue;
    const { defname, arg, location = 0 } = option.DefElem;
    if (defname === "security" && arg && "Boolean" in arg && arg.Boolean.boolval === true) return location;
  }
  return undefined;
}
