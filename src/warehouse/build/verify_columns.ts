import type pg from "pg";
import type { Diagnostic, Span } from "../../diagnostics/diagnostic.ts";
import { tableText, type Column, type TableName } from "../../project/types.ts";
import { columnsDiffer } from "./codes.ts";
import { describe, typeNames, type DescribedColumn } from "../session/describe.ts";
import { sqlstate } from "../errors.ts";
import { identifier } from "../names.ts";

/** The declared columns' types as the server understands them, in their order. */
export function describeDeclared(client: pg.Client, columns: readonly Column[]): Promise<readonly DescribedColumn[]> {
  return describe(client, `SELECT ${columns.map((c) => `NULL::${c.type} AS ${identifier(c.name)}`).join(", ")}`);
}

/** What each session has been told of a type's name. */
const toldTypes = new WeakMap<pg.Client, Map<string, DescribedColumn>>();

/** The same from what the session has been told before, where that is all: most columns are of a few types. */
async function describeAsTold(client: pg.Client, columns: readonly Column[]): Promise<readonly DescribedColumn[]> {
  const told = toldTypes.get(client) ?? new Map<string, DescribedColumn>();
  toldTypes.set(client, told);
  if (!columns.every(({ type }) => told.has(type))) {
    const described = await describeDeclared(client, columns);
    columns.forEach(({ type }, n) => told.set(type, described[n]!));
  }
  return columns.map(({ name, type }) => ({ ...told.get(type)!, name }));
}

const sameType = (a: DescribedColumn, b: DescribedColumn) => a.typeOid === b.typeOid && a.typmod === b.typmod;

const agree = (given: readonly DescribedColumn[], declared: readonly DescribedColumn[]): boolean => {
  const byName = new Map(declared.map((column) => [column.name, column]));
  return given.every((column) => sameType(column, byName.get(column.name) ?? column));
};

/**
 * All that differs between the columns that something gives and the declared ones, as one diagnostic; none if they
 * agree. `mayLack`: declared columns that it may leave out.
 */
export async function columnProblems(
  client: pg.Client,
  output: TableName & { readonly columns: readonly Column[] },
  given: readonly DescribedColumn[],
  options: { readonly giver: string; readonly span: Span; readonly mayLack?: (column: Column) => boolean },
): Promise<readonly Diagnostic[]> {
  let declared: readonly DescribedColumn[];
  try {
    declared = await describeAsTold(client, output.columns);
    // A type may have been made anew under its name.
    if (!agree(given, declared)) declared = await describeDeclared(client, output.columns);
  } catch (error) {
    if (!["42704", "42601", "3F000", "22023"].includes(sqlstate(error) ?? "")) throw error;
    return unknownTypes(client, output, options.span);
  }
  const givenByName = new Map(given.map((column) => [column.name, column]));
  const declaredByName = new Map(declared.map((column) => [column.name, column]));
  const wrong = declared.flatMap((column) => {
    const actual = givenByName.get(column.name);
    return actual && !sameType(actual, column) ? [{ declared: column, actual }] : [];
  });
  const names = wrong.length
    ? await typeNames(client, [...wrong.map((pair) => pair.declared), ...wrong.map((pair) => pair.actual)])
    : [];
  const seen = new Set<string>();
  const twice = given.filter((column) => seen.size === seen.add(column.name).size);
  const lines = [
    ...output.columns
      .filter((column) => !givenByName.has(column.name) && !options.mayLack?.(column))
      .map((column) => `${column.name} is missing (declared ${column.type})`),
    ...given.filter((column) => !declaredByName.has(column.name)).map((column) => `${column.name} is not declared`),
    ...twice.map((column) => `${column.name} comes twice`),
    ...wrong.map((pair, n) => `${pair.declared.name} is ${names[wrong.length + n]}, declared ${names[n]}`),
  ];
  if (lines.length === 0) return [];
  const cast =
    wrong[0] && `write ${wrong[0].declared.name}::${names[0]} in the SELECT, or declare ${names[wrong.length]}`;
  return [
    columnsDiffer({
      message: `${options.giver} does not give the columns of ${tableText(output)}: ${lines.join("; ")}`,
      span: options.span,
      hint: `Change one side or the other${cast ? `: ${cast}` : ""}.`,
    }),
  ];
}

/** A declared type that the server does not know; each is asked for by itself to name them all. */
async function unknownTypes(
  client: pg.Client,
  output: TableName & { readonly columns: readonly Column[] },
  span: Span,
): Promise<readonly Diagnostic[]> {
  const bad: Column[] = [];
  for (const column of output.columns) {
    await describeDeclared(client, [column]).catch(() => bad.push(column));
  }
  return [
    columnsDiffer({
      message: `PostgreSQL knows no such type: ${bad.map((column) => `${column.type} (${output.name}.${column.name})`).join(", ")}`,
      span,
      hint: "Check the spelling, or whether an extension is missing in the warehouse.",
    }),
  ];
}
