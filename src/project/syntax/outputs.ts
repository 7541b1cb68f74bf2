import * as z from "zod";
import { columnList, columnName, columns } from "./columns.ts";
import { description, grants } from "./common.ts";
import { restrictions } from "./restrictions.ts";

const optionalName = z.string().min(1).optional().describe("Its name. PostgreSQL makes one up if not given.");
const expression = z.string().min(1);

const primaryKey = z
  .union([columnList, z.strictObject({ name: optionalName, columns: columnList.describe("Its columns.") })])
  .describe("The columns that together identify a row: `[member_id, month]`, or `{name: …, columns: […]}`.");

const unique = z
  .array(
    z.union([
      columnList,
      z.strictObject({
        name: optionalName,
        columns: columnList.describe("Its columns."),
        nulls_not_distinct: z.boolean().optional().describe("true if two nulls count as the same value."),
      }),
    ]),
  )
  .describe(
    "Other sets of columns that never repeat: `[[a, b]]`, or `{name: …, columns: […], nulls_not_distinct: true}`.",
  );

const indexKey = z.union([
  columnName,
  z.strictObject({
    column: columnName.optional().describe("A column, or give an `expression`."),
    expression: expression.optional().describe("An SQL expression, such as `lower(name)`."),
    order: z.enum(["asc", "desc"]).optional().describe("The order. Default: `asc`."),
    nulls: z.enum(["first", "last"]).optional().describe("Where nulls go."),
    opclass: z.string().min(1).optional().describe("An operator class, such as `text_pattern_ops`."),
  }),
]);

const index = z.strictObject({
  columns: z
    .array(indexKey)
    .min(1)
    .describe("Columns, or `{column: …}` or `{expression: …}` with `order`, `nulls` and `opclass`."),
  name: optionalName,
  unique: z.boolean().optional().describe("true if no two rows may be alike in it."),
  method: z.string().min(1).optional().describe("The index method. Default: `btree`."),
  where: expression.optional().describe("A condition: only rows that meet it are in the index."),
  include: columnList.optional().describe("Columns that are stored in the index but not searched."),
});

const constraint = z.strictObject({
  name: z.string().min(1).describe("The constraint's name; errors show it."),
  check: expression.describe("An SQL condition that every row must meet."),
});

const foreignKey = z.strictObject({
  columns: columnList.describe("This table's columns."),
  references: z
    .strictObject({
      table: z
        .string()
        .min(1)
        .describe("The other table, with its schema. It must be an output or a source of this project."),
      columns: columnList.describe("The other table's columns."),
    })
    .describe("What they refer to."),
  enforce: z
    .boolean()
    .optional()
    .describe("false: verified before each publish, but no constraint is made in the database. Default: true."),
  name: optionalName,
});

const statistics = z.strictObject({
  name: z.string().min(1).describe("Their name."),
  columns: columnList.describe("Columns whose values depend on each other."),
  kinds: z
    .array(z.enum(["ndistinct", "dependencies", "mcv"]))
    .min(1)
    .optional()
    .describe("Which kinds of statistics. All if not given."),
});

const qualified = (what: string) =>
  z.string().min(1).describe(`${what}, with its schema: \`enrollment.member_months\`.`);

export const tableOutput = z.strictObject({
  table: qualified("The table's name"),
  description: description.optional(),
  ...restrictions,
  columns: columns.optional(),
  primary_key: primaryKey.optional(),
  unique: unique.optional(),
  indexes: z.array(index).optional().describe("Indexes for those who read the table."),
  constraints: z.array(constraint).optional().describe("Conditions that every row must meet."),
  foreign_keys: z.array(foreignKey).optional().describe("Columns whose values must be found in another table."),
  statistics: z.array(statistics).optional().describe("Extended statistics, for columns that depend on each other."),
  grants: grants.optional(),
});

export const viewOutput = z.strictObject({
  view: qualified("The view's name"),
  description: description.optional(),
  ...restrictions,
  columns: columns.optional(),
  grants: grants.optional(),
});

export const functionOutput = z.strictObject({
  function: qualified("The function's name"),
  description: description.optional(),
  ...restrictions,
  arguments: z
    .array(z.string().min(1))
    .optional()
    .describe("The types of its arguments, if functions of this name differ only in these."),
});

export const fileOutput = z.strictObject({
  file: z.string().min(1).describe("The file's path, from the project's root, or `s3://bucket/key`."),
  format: z
    .enum(["parquet", "csv", "json_lines"])
    .optional()
    .describe("How it is written. Default: by its ending (.parquet, .csv, .jsonl or .ndjson)."),
  description: description.optional(),
  ...restrictions,
  columns: columns.optional(),
});

/** By the key that says what an output is. */
export const outputSyntaxes = {
  table: tableOutput,
  view: viewOutput,
  function: functionOutput,
  file: fileOutput,
} as const;

export type RawTableOutput = z.infer<typeof tableOutput>;
export type RawViewOutput = z.infer<typeof viewOutput>;
export type RawFunctionOutput = z.infer<typeof functionOutput>;
export type RawFileOutput = z.infer<typeof fileOutput>;
