import * as z from "zod";

const name = z.string().min(1);

const documents = z.strictObject({
  from: name.describe(
    "The input with the documents: its table, `schema.name`; or a source of JSON lines, by its name.",
  ),
  column: name
    .optional()
    .describe("The column with the document: jsonb, json or text. Of JSON lines without it, a whole line is one."),
  key: name.describe("The column that names a document. The output has it too."),
  schema_key: name.optional().describe("The column that says which form a document answers. Not needed with one form."),
  carry: z
    .union([z.array(name), z.record(name, name)])
    .optional()
    .describe(
      "Columns that go along with every answer; where they have another name in the output: `{id: submission_id}`.",
    ),
  format: z
    .enum(["tree", "fhir"])
    .optional()
    .describe("`tree`: answers nested by slug; `fhir`: QuestionnaireResponse, R4 or R5. Default: as the schema."),
});

const keys = z.union([name, z.array(name).min(1)]);

const nodes = z.strictObject({
  slug: name.optional().describe("The node's name among its siblings. Default: `slug`."),
  children: keys.optional().describe("The nodes below. Default: `[children, items]`."),
  type: name.optional().describe("What its answer is. A node that has it is a question. Default: `answerType`."),
  tag: name.optional().describe("Default: `tag`."),
  label: name.optional().describe("A text, or texts by language. Default: `label`."),
  show: name.optional().describe("The rule by which it is shown. Default: `show`."),
  view_only: name.optional().describe("true: it is shown, not asked. Default: `viewOnly`."),
});

const schema = z.strictObject({
  from: name.optional().describe("The input with the forms' schemas: its table, or a source of JSON lines."),
  column: name.optional().describe("The column with the schema: jsonb, json or text."),
  key: name.optional().describe("The column that names a form, as the documents' `schema_key` does."),
  format: z
    .enum(["tree", "fhir"])
    .optional()
    .describe("`tree`: form, section and question nodes; `fhir`: Questionnaire, R4 or R5. Default: `tree`."),
  nodes: nodes.optional().describe("Under which keys the schema's nodes say what they are."),
  paths: z
    .array(
      z.strictObject({
        path: name.describe(
          "Slugs joined by dots; a dot, a quote or a backslash within a slug has a backslash before it.",
        ),
        type: name.optional().describe("The answer type. Default: `text`."),
        tag: name.optional().describe("A tag of the answer."),
        label: name.optional().describe("What the question says."),
      }),
    )
    .min(1)
    .optional()
    .describe("The answers to be found, listed by hand, instead of `from`."),
});

export const syntax = z.strictObject({
  flatten: z
    .strictObject({
      documents: documents.describe("Where the documents are, and what goes along with their answers."),
      schema: schema.describe("What the documents may hold: the forms' schemas, or a list of paths."),
      types: z
        .record(name, z.enum(["text", "number", "boolean", "date"]))
        .optional()
        .describe(
          "What values of an answer type must be: `{score: number}`. Known are number, integer, decimal, boolean, date, and each with Array; the rest is text.",
        ),
      ignore: z
        .array(name)
        .min(1)
        .optional()
        .describe("Paths that are left out with all that is below them; they are counted."),
      map: z
        .string()
        .regex(
          /^[^:]+(?:\.py:[A-Za-z_]\w*|\.m?[tj]s:[A-Za-z_$][\w$]*)$/,
          "must be FILE:FUNCTION, and the file .py, .ts or .js",
        )
        .optional()
        .describe(
          "A function in Python, TypeScript or JavaScript that maps each node of a document before it is flattened: `./clean.py:clean` or `./clean.ts:clean` is called with the path and the value, and gives the value to use.",
        ),
      engine: z
        .enum(["sql", "stream"])
        .optional()
        .describe(
          "`sql`: inside PostgreSQL; `stream`: through CTF, document by document. Default: `sql` for tables; `stream` for files, for FHIR and with a map.",
        ),
    })
    .describe("Which documents, and how they become rows."),
  mode: z
    .enum(["replace", "append"])
    .optional()
    .describe(
      "`replace` builds the table anew from all documents; `append` takes those that are new or differ since the last run, in place of their old rows. Default: `replace`.",
    ),
  publish: z
    .enum(["swap", "rows"])
    .optional()
    .describe(
      "For replace, how readers get the new table: `swap` puts it in the old one's place; `rows` merges its rows into the old one by primary key. Default: `swap`.",
    ),
  rejects: name
    .optional()
    .describe("The table for what is no event, with its reason. Default: the output's name with `_rejects`."),
  questions: name.optional().describe("A table of the forms' questions, with labels by language and rules of showing."),
});

export type Spec = z.infer<typeof syntax>;
