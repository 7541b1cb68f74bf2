/** CTF0xx: files and YAML. */
import { type Code, defineCode } from "../../diagnostics/diagnostic.ts";
import { DEFINITION, good, output, paid } from "./examples.ts";

export const notUtf8 = defineCode({
  code: "CTF001",
  name: "not-utf8",
  severity: "error",
  what: "A file is not UTF-8 text.",
  why: "In another encoding, names and texts with accents or other scripts would be read wrongly.",
  todo: "Save the file again as UTF-8: Notepad has it under Save as, Encoding; VS Code in the status bar, Save with Encoding. The place shown is the first byte that does not fit.",
});

export const nulCharacter = defineCode({
  code: "CTF002",
  name: "nul-character",
  severity: "error",
  what: "A file holds a NUL character.",
  why: "PostgreSQL can't hold it in any text, and it often means that the file is UTF-16 or damaged.",
  todo: "Save the file again as UTF-8 text.",
  bad: { ...good, [DEFINITION]: `kind: create_table_as\ndescription: "paid\0"\n${output}` },
  good,
});

export const yamlSyntax = defineCode({
  code: "CTF003",
  name: "yaml-syntax",
  severity: "error",
  what: "A file is not YAML.",
  why: "Nothing in the file can be read until this is mended.",
  todo: "Look at the place shown, and at the line before it: most often a value needs quotes, or a line is indented too far or not far enough.",
  fixable: true,
  bad: paid(`description: Paid claims: all of them\n${output}`),
  good: paid(`description: "Paid claims: all of them"\n${output}`),
});

export const unusualYaml = defineCode({
  code: "CTF004",
  name: "unusual-yaml",
  severity: "error",
  what: "A file uses YAML that CTF does without: anchors (&), aliases (*), tags (!), or a second document after ---.",
  why: "A definition should say what it means where it stands, so that people, editors and machines read it alike.",
  todo: "Write the value out. What many transforms share goes under defaults in pipeline.yaml or ctf.yaml. Text that begins with & * or ! needs quotes.",
  bad: paid(`description: &what Paid claims\n${output}`),
  good: paid(`description: "&what Paid claims"\n${output}`),
});

export const emptyFile = defineCode({
  code: "CTF005",
  name: "empty-file",
  severity: "error",
  what: "A file has nothing in it.",
  why: "Its name says that something is defined there.",
  todo: "Write the definition, or remove the file.",
  bad: { ...good, "sources/reference.yaml": "# to do\n" },
  good: { ...good, "sources/reference.yaml": "sources:\n  - {name: calendar, table: reference.calendar}\n" },
});

export const duplicateKey = defineCode({
  code: "CTF006",
  name: "doubled-key",
  severity: "error",
  what: "A key stands twice in the same place.",
  why: "Only one of the two could count, and nobody can tell which was meant.",
  todo: "Keep one of them.",
  bad: paid(`retries: 1\nretries: 2\n${output}`),
  good: paid(`retries: 2\n${output}`),
});

export const unquotedComma = defineCode({
  code: "CTF007",
  name: "unquoted-comma",
  severity: "error",
  what: "Within {…} or […], a value with a comma in parentheses stands without quotes.",
  why: "YAML ends the value at the comma: {type: numeric(12,2)} is read as the type “numeric(12” and a key “2)”.",
  todo: 'Put the value in quotes: {type: "numeric(12,2)"}.',
  fixable: true,
  bad: paid(output.replace("type: bigint", "type: numeric(12,2)")),
  good: paid(output.replace("type: bigint", 'type: "numeric(12,2)"')),
});

export const noProject = defineCode({
  code: "CTF008",
  name: "no-project",
  severity: "error",
  what: "Neither this folder nor any above it has a ctf.yaml.",
  why: "A folder with ctf.yaml is a project; commands work on the project that one stands in.",
  todo: "Go to a project's folder, or make one with `ctf init NAME`.",
});

export const missingPipelineFile = defineCode({
  code: "CTF010",
  name: "missing-pipeline-file",
  severity: "error",
  what: "A folder under pipelines/ has definitions, but no pipeline.yaml.",
  why: "pipeline.yaml says who owns the pipeline and when it runs; it is what makes the folder a pipeline.",
  todo: "Add a pipeline.yaml with at least a description and owners, or move the definitions to another pipeline.",
  bad: {
    "pipelines/lost/paid.yaml": `kind: create_table_as\n${output}`,
    "pipelines/lost/paid.sql": "SELECT 1::bigint AS claim_id\n",
  },
  good,
});

export const missingCodeFile = defineCode({
  code: "CTF011",
  name: "missing-code-file",
  severity: "error",
  what: "The file with a transform's SQL is not there.",
  why: "The definition says what is made; the SQL file beside it says how.",
  todo: "Write the file, or name another one.",
  bad: { [DEFINITION]: `kind: create_table_as\n${output}` },
  good,
});

export const badFileName = defineCode({
  code: "CTF012",
  name: "bad-file-name",
  severity: "error",
  what: "A pipeline's folder or a definition's file has a name that can't be the name of a pipeline or transform.",
  why: "The name is typed in commands and shown everywhere, so it is kept to small letters, digits, _ and -, beginning with a letter.",
  todo: "Rename it.",
  bad: { ...good, "pipelines/claims/Paid 2.yaml": "kind: no_op\noutput: {table: claims.paid_2}\n" },
  good,
});

export const strayFile = defineCode({
  code: "CTF013",
  name: "stray-file",
  severity: "warning",
  what: "A file lies where CTF looks for definitions, but is not one that it reads.",
  why: "It may be one that was meant to be read.",
  todo: "Move it to where it belongs, give it the ending .yaml, or remove it.",
  bad: { ...good, "pipelines/claims/more.yml": "kind: no_op\noutput: {table: claims.more}\n" },
  good,
});

export const unreadable = defineCode({
  code: "CTF014",
  name: "unreadable-file",
  severity: "error",
  what: "A file of the project can't be read.",
  why: "A link that leads nowhere, or a file that only others may read.",
  todo: "Mend the link or the file's permissions, or remove it.",
});

export const unusedCode = defineCode({
  code: "CTF015",
  name: "unused-sql-file",
  severity: "warning",
  what: "A SQL file in a pipeline's folder belongs to no transform.",
  why: "It does not run, though it looks as if it did.",
  todo: "Write a definition beside it (`ctf start` does most of that), or remove it.",
  bad: { ...good, "pipelines/claims/forgotten.sql": "SELECT 1\n" },
  good,
});

export const fileCodes: readonly Code[] = [
  notUtf8,
  nulCharacter,
  yamlSyntax,
  unusualYaml,
  emptyFile,
  duplicateKey,
  unquotedComma,
  noProject,
  missingPipelineFile,
  missingCodeFile,
  badFileName,
  strayFile,
  unreadable,
  unusedCode,
];
