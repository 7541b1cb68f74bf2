/** How the owner of a table hears of what somebody made on it by hand. */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import { tableText, type TableOutput } from "../../../project/types.ts";
import { handmade } from "../codes.ts";
import type { Work } from "../../work.ts";
import type { MadeByHand } from "./by_hand.ts";

/** One for each, with the YAML that would declare it. */
export async function warnings(
  work: Work,
  output: TableOutput,
  objects: readonly MadeByHand[],
): Promise<readonly Diagnostic[]> {
  const declaring = await declarations(work, output, objects);
  return objects.map((object) => handmade({ ...wordsFor(object, output, declaring), span: work.span }));
}

type Words = Pick<Diagnostic, "message" | "hint">;

function wordsFor(object: MadeByHand, output: TableOutput, declaring: (name: string) => string | undefined): Words {
  const { what, name, lost, definition } = object;
  const table = tableText(output);
  const onColumn = (thing: string) => `${table} has ${thing} on column ${name}, which its definition does not name`;
  if (what === "NOT NULL")
    return {
      message: `${onColumn("NOT NULL")}; it is carried over`,
      hint: `Write "not_null: true" for the column, or drop it from the table.`,
    };
  if (what === "default") {
    const expression = definition.replace(/^.*? SET DEFAULT /s, "");
    return {
      message: `${onColumn("a default")}; it is carried over`,
      hint: `Write "default:" for the column, or drop it from the table: ${expression}`,
    };
  }
  if (what === "collation") {
    return {
      message: `${table} had the collation ${definition} on column ${name}; what the new one is made from gives another`,
      hint: `Where that one is meant, write ${name} COLLATE ${definition} AS ${name} in the SELECT.`,
    };
  }
  if (what === "invalid index") {
    return {
      message: `${table} has index ${name}, which its definition does not name and which is not valid; it is not carried over`,
      hint: "PostgreSQL did not finish building it. If it is wanted, add it to the definition.",
    };
  }
  const has = `${table} has ${what} ${name}, which its definition does not name`;
  if (lost !== null) return { message: `${has}; it is on column ${lost}, which is gone, and goes with it` };
  const yaml = declaring(name);
  return {
    message: `${has}; it is carried over`,
    hint: yaml
      ? `Add it under output, or drop it from the table:\n${yaml}`
      : `A definition has no words for it, so it has to be looked after by hand: ${definition.trim()}`,
  };
}

/** The lines of YAML that would declare an object of the published table; none where the format has no words for it. */
async function declarations(
  { client }: Work,
  output: TableOutput,
  objects: readonly MadeByHand[],
): Promise<(name: string) => string | undefined> {
  const nameless = ["NOT NULL", "default", "collation", "invalid index"];
  if (objects.every(({ what }) => nameless.includes(what))) return () => undefined;
  // Only where something was made by hand: the rooms that write YAML take a while to load.
  const [{ tableEntries }, { yamlText }, { asTable, unsayable }, { readTable }] = await Promise.all([
    import("../../../project/write/outputs.ts"),
    import("../../../project/write/yaml_text.ts"),
    import("../../introspect/as_output.ts"),
    import("../../introspect/table.ts"),
  ]);
  const live = await readTable(client, output);
  return (name) => {
    if (!live) return undefined;
    const only = {
      ...live,
      columns: [],
      grants: [],
      relation: { ...live.relation, options: [] },
      constraints: live.constraints.filter((constraint) => constraint.name === name),
      indexes: live.indexes.filter((index) => index.name === name),
      statistics: live.statistics.filter((statistics) => statistics.name === name),
    };
    if (unsayable(only).length > 0) return undefined;
    const entries = tableEntries(asTable(only)).filter(([key]) => key !== "table" && key !== "columns");
    return entries.length === 0 ? undefined : yamlText(entries).trimEnd();
  };
}
