/** What only a flatten can say of its definition. */
import { conflictingKeys, nameTooLong, badValue, missingKey } from "../../project/codes/definition_codes.ts";
import { readTableName } from "../../project/names.ts";
import type { Problem } from "../../project/problem.ts";
import { suggestion } from "../../project/suggestion.ts";
import type { Source, TableOutput, Transform } from "../../project/types.ts";
import { missingKeys, notAColumn } from "../codes.ts";
import { tableOf } from "../shared.ts";
import { carriedColumns, eventColumns, keyColumn, partNames, wrongType } from "./columns.ts";
import type { Spec } from "./syntax.ts";

export function flattenProblems(transform: Transform, sources: ReadonlyMap<string, Source>): readonly Problem[] {
  const spec = transform.spec as Spec;
  const output = tableOf(transform);
  return [
    ...placeProblems(spec, sources),
    ...schemaProblems(spec),
    ...formatProblems(spec),
    ...mapProblems(spec),
    ...ignoreProblems(spec),
    ...columnProblems(spec, output),
    ...modeProblems(spec, output),
    ...besideProblems(spec, output),
  ];
}

/** What stands in a file is read through CTF's own process; a table needs the name of the column. */
function placeProblems(
  { flatten: { documents, schema, engine }, mode }: Spec,
  sources: ReadonlyMap<string, Source>,
): readonly Problem[] {
  const places = [
    { path: ["flatten", "documents"], from: documents.from, column: documents.column },
    ...(schema.from === undefined ? [] : [{ path: ["flatten", "schema"], from: schema.from, column: schema.column }]),
  ];
  return places.flatMap(({ path, from, column }): readonly Problem[] => {
    const source = sources.get(from);
    if (source?.type === "file") {
      if (source.format.type === "json_lines") return path[1] === "documents" ? fileProblems(engine, mode) : [];
      const message = `source "${from}" has no JSON lines`;
      return [{ code: badValue, path: [...path, "from"], message, hint: 'Give the source "format: json_lines".' }];
    }
    const { table, problems } = readTableName(from, [...path, "from"]);
    if (!table) return problems;
    if (column !== undefined) return [];
    return [
      {
        code: missingKey,
        path,
        at: "key",
        message: `"column" is missing: the column of ${from} with the JSON`,
        hint: 'Add "column: NAME".',
      },
    ];
  });
}

function fileProblems(engine: Spec["flatten"]["engine"], mode: Spec["mode"]): readonly Problem[] {
  const sql: Problem = {
    code: conflictingKeys,
    path: ["flatten", "engine"],
    message: "documents in files are streamed",
    hint: 'Remove "engine: sql".',
  };
  const append: Problem = {
    code: conflictingKeys,
    path: ["mode"],
    message: "append finds new documents in a table, not in files",
    hint: "Load the files into a table with a load first, and flatten that; or replace.",
  };
  return [...(engine === "sql" ? [sql] : []), ...(mode === "append" ? [append] : [])];
}

function schemaProblems({ flatten: { documents, schema } }: Spec): readonly Problem[] {
  const path = ["flatten", "schema"];
  if ((schema.from === undefined) === (schema.paths === undefined)) {
    const message = schema.from === undefined ? "the schema is missing" : '"from" and "paths" say the same';
    return [
      {
        code: schema.from === undefined ? missingKey : conflictingKeys,
        path,
        at: "key",
        message,
        hint: 'Write "from:" with the forms, or "paths:" with a list.',
      },
    ];
  }
  if (schema.from === undefined || schema.format === "fhir") return [];
  if ((documents.schema_key === undefined) === (schema.key === undefined)) return [];
  const message = "which form a document answers is said by one side only";
  const hint = 'Name "schema_key" of the documents and "key" of the schema; or neither, where there is one form.';
  return [
    {
      code: missingKeys,
      path: documents.schema_key === undefined ? path : ["flatten", "documents"],
      at: "key",
      message,
      hint,
    },
  ];
}

function formatProblems({ flatten: { documents, schema, engine } }: Spec): readonly Problem[] {
  const format = documents.format ?? schema.format ?? "tree";
  if (format !== "fhir" || engine !== "sql") return [];
  const hint = 'Remove "engine: sql".';
  return [{ code: conflictingKeys, path: ["flatten", "engine"], message: "FHIR documents are streamed", hint }];
}

function mapProblems({ flatten: { map, engine } }: Spec): readonly Problem[] {
  if (map === undefined || engine !== "sql") return [];
  const message = "documents that a function maps are streamed";
  return [{ code: conflictingKeys, path: ["flatten", "engine"], message, hint: 'Remove "engine: sql".' }];
}

function ignoreProblems({ flatten: { ignore = [] } }: Spec): readonly Problem[] {
  return ignore.flatMap((path, i): readonly Problem[] => {
    const slugs = path.split(".");
    if (!slugs.includes("*")) return [];
    const above = slugs.slice(0, slugs.indexOf("*")).join(".");
    const message = `"${path}" is no path: "*" does not stand for others`;
    const hint = above === "" ? "List the paths." : `Write "${above}": all that is below it is left out, too.`;
    return [{ code: badValue, path: ["flatten", "ignore", i], message, hint }];
  });
}

function columnProblems(spec: Spec, output: TableOutput): readonly Problem[] {
  const names = output.columns.map(({ name }) => name);
  const given = new Set(eventColumns(spec, output.columns).map(({ name }) => name));
  const mistyped = eventColumns(spec, output.columns).flatMap((column): readonly Problem[] => {
    const wrong = wrongType(column);
    if (wrong === undefined) return [];
    const i = names.indexOf(column.name);
    return [
      {
        code: badValue,
        path: ["output", "columns", i, "type"],
        message: `${wrong}, declared ${column.type}`,
        hint: "Declare it so: of another type, values might be cut off or rounded.",
      },
    ];
  });
  const carried = carriedColumns(spec);
  const { carry, key } = spec.flatten.documents;
  const unfilled = output.columns.flatMap((column, i): readonly Problem[] => {
    if (given.has(column.name) || column.identity !== undefined || column.default !== undefined) return [];
    const known = [...partNames, ...carried.keys()];
    const message = `nothing fills "${column.name}": it is no part of an answer, and does not go along with the documents`;
    const hint =
      suggestion(column.name, known).hint ??
      `Parts of an answer are ${partNames.join(", ")}; for others, carry a column of the documents.`;
    return [{ code: notAColumn, path: ["output", "columns", i, "name"], message, hint }];
  });
  const lost = Object.entries(
    Array.isArray(carry) ? Object.fromEntries(carry.map((name, i) => [i, name])) : (carry ?? {}),
  )
    .filter(([, to]) => !names.includes(to))
    .map(([at, to]): Problem => ({
      code: notAColumn,
      path: ["flatten", "documents", "carry", Array.isArray(carry) ? Number(at) : at],
      message: `"${to}" is not a column of the output`,
      ...suggestion(to, names),
    }));
  if (keyColumn(spec, output.columns) !== undefined) return [...mistyped, ...unfilled, ...lost];
  const message = `the output has no column for the documents' key "${key}"`;
  const hint = `Add the column, or say under carry which one it is: {${key}: COLUMN}.`;
  return [
    ...mistyped,
    ...unfilled,
    ...lost,
    { code: missingKeys, path: ["flatten", "documents", "key"], message, hint },
  ];
}

function modeProblems(spec: Spec, output: TableOutput): readonly Problem[] {
  if (spec.publish === undefined) return [];
  if (spec.mode === "append") {
    const message = '"publish" belongs to mode replace: append changes the table\'s rows in any case';
    return [{ code: conflictingKeys, path: ["publish"], at: "key", message, hint: "Remove it." }];
  }
  if (spec.publish !== "rows" || output.primaryKey) return [];
  const message = '"publish: rows" needs a primary_key in the output';
  const hint = 'Add "primary_key: [COLUMN]" under output: rows are matched by it.';
  return [{ code: missingKeys, path: ["publish"], message, hint }];
}

function besideProblems(spec: Spec, output: TableOutput): readonly Problem[] {
  const named = (["rejects", "questions"] as const).flatMap((key) =>
    spec[key] === undefined ? [] : readTableName(spec[key], [key]).problems,
  );
  const longest = `${output.name}_documents`;
  if (Buffer.byteLength(longest) <= 63) return named;
  const message = `${output.name} leaves no room for the names of the tables beside it (${longest}) in PostgreSQL's 63 bytes`;
  return [...named, { code: nameTooLong, path: ["output", "table"], message, hint: "Shorten the table's name." }];
}
