/** One SQL file → where the columns of its query, or of the views that it makes, come from; and hints. */
import type { Code } from "../../project/types.ts";
import { hintsOn, hintsOnStatements } from "../../sql/hints/index.ts";
import type { InputColumn } from "../../sql/lineage/flow.ts";
import { lineage, type Lineage, viewLineages } from "../../sql/lineage/lineage.ts";
import type { Catalog } from "../../sql/lineage/scope.ts";
import { type ColumnFlow, packed } from "./column_flows.ts";
import type { Flows, QueryFlows, SqlFile } from "./types.ts";

export const NO_FLOWS: Flows = { queries: [], hints: [] };

/** The caller has awaited `loadParser()`, and knows that the file holds what it should. */
export function readFlows(code: Code, holds: SqlFile["holds"], catalog: Catalog): Flows {
  if (holds === "statements") {
    const views = viewLineages(code, catalog);
    return {
      queries: views.map(({ schema, name, invoker, lineage }) => ({
        view: `${schema}.${name}`,
        ...(invoker && { invoker }),
        ...flowsOf(lineage),
      })),
      hints: hintsOnStatements(code),
    };
  }
  const found = lineage(code, catalog);
  return found ? { queries: [flowsOf(found)], hints: hintsOn(code, catalog) } : NO_FLOWS;
}

function flowsOf({ columns, rows, tables }: Lineage): QueryFlows {
  const relations: string[] = [];
  const inputs: string[] = [];
  const inputRelations: number[] = [];
  const numbers = new Map<InputColumn, number>();
  const relationOf = ({ schema, name }: { readonly schema?: string; readonly name: string }): number => {
    const text = schema === undefined ? name : `${schema}.${name}`;
    const at = relations.indexOf(text);
    return at < 0 ? relations.push(text) - 1 : at;
  };
  const number = (input: InputColumn): number => {
    const known = numbers.get(input);
    if (known !== undefined) return known;
    const { table: name, ...rest } = input;
    inputs.push(input.column);
    inputRelations.push(relationOf({ ...rest, name }));
    numbers.set(input, inputs.length - 1);
    return inputs.length - 1;
  };
  const flows = columns.map(({ name, value, decides, copies, start }): ColumnFlow => ({
    name,
    value: value.map(number),
    decides: decides.map(number),
    copies: copies.map(number),
    ...(start && { start }),
  }));
  const deciding = rows.map(number);
  tables.forEach(relationOf);
  return { relations, inputs, inputRelations, ...packed(flows), rows: deciding };
}
