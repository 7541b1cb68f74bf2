/** What can go wrong while CTF writes definitions for people. */
import { type Code, defineCode } from "../../diagnostics/diagnostic.ts";

export const folderNotEmpty = defineCode({
  code: "CTF701",
  name: "folder-not-empty",
  severity: "error",
  what: "`ctf init` was to make a project in a folder that already holds something.",
  why: "It never writes over or between somebody's files.",
  todo: "Name a folder that is not there yet, or an empty one.",
});

export const alreadyThere = defineCode({
  code: "CTF702",
  name: "already-there",
  severity: "error",
  what: "A file that was to be written is already there.",
  why: "CTF never overwrites what a person may have written.",
  todo: "Edit the file; or move it aside, run the command again and compare.",
});

export const noPipelineHere = defineCode({
  code: "CTF703",
  name: "no-pipeline-here",
  severity: "error",
  what: "A definition was to be started outside of a pipeline's folder.",
  why: "Every transform belongs to the pipeline in whose folder it lies.",
  todo: "Change to the pipeline's folder, or name it with `--pipeline`.",
});

export const badStart = defineCode({
  code: "CTF704",
  name: "bad-start",
  severity: "error",
  what: "`ctf start` was asked for something that can't be: an unknown kind, an output that the kind does not make, or a load named after its data.",
  why: "The definition would not load.",
  todo: "`ctf start --help` lists the kinds and what each makes.",
});

export const badFileName = defineCode({
  code: "CTF705",
  name: "bad-new-name",
  severity: "error",
  what: "A new pipeline or transform was given a name that it can't have.",
  why: "The name is typed in commands and shown everywhere, so it is kept to small letters, digits, _ and -, beginning with a letter.",
  todo: "Choose another name; for a transform, rename its SQL file.",
});

export const outputTaken = defineCode({
  code: "CTF706",
  name: "output-taken",
  severity: "error",
  what: "A new definition would make what another transform makes already, or what is declared as a source.",
  why: "Each table has one maker. With two, the last to run would win.",
  todo: "Choose another output with `--output schema.name`.",
});

export const badColumns = defineCode({
  code: "CTF707",
  name: "bad-result-columns",
  severity: "error",
  what: "The SELECT has a column without a name, or two of the same name.",
  why: "A table's columns have names, and each has its own.",
  todo: "Give the column a name with AS.",
});

export const noSuchTable = defineCode({
  code: "CTF708",
  name: "no-such-table",
  severity: "error",
  what: "A table or view that was named is not in the target's database.",
  why: "Its columns are read from the database itself.",
  todo: "Look at the name, the schema and the target. If it can't be seen, the role may lack USAGE on the schema.",
});

export const sourcesNotAList = defineCode({
  code: "CTF709",
  name: "sources-not-a-list",
  severity: "error",
  what: "A source was to be added to a file that does not hold a plain list under `sources:`.",
  why: "CTF adds to the file without touching what people wrote, which takes a list with one `-` for each source.",
  todo: "Write the list with a line that begins with `- name:` for each source.",
});

export const madeNothing = defineCode({
  code: "CTF710",
  name: "output-not-made",
  severity: "error",
  what: "The statements of a SQL file ran on empty tables, but did not make the output that was asked for.",
  why: "The definition would declare an output that never comes to be.",
  todo: "Create it in the file under the name in the message, or name what the file does make with `--output schema.name`.",
});

export const cannotAdopt = defineCode({
  code: "CTF711",
  name: "cannot-adopt",
  severity: "error",
  what: "Only a table or a view can be adopted, and a SQL file makes sense only for a table.",
  why: "CTF has no kind of transform that could build the other sorts.",
  todo: "Declare it as a source (`ctf source add`), or follow the message.",
});

export const noTableNamed = defineCode({
  code: "CTF712",
  name: "no-table-named",
  severity: "error",
  what: "`ctf source add` was given neither a table nor a schema, or a file.",
  why: "It reads the columns of live tables. A warehouse holds more of them than a project reads, and CTF does not guess which.",
  todo: "Name tables (`ctf source add raw.claims`) or a schema (`--all-in raw`). Files are declared by hand, as the message shows.",
});

/** For docs/diagnostics. @public */
export const codes: readonly Code[] = [
  folderNotEmpty,
  alreadyThere,
  noPipelineHere,
  badStart,
  badFileName,
  outputTaken,
  badColumns,
  noSuchTable,
  sourcesNotAList,
  madeNothing,
  cannotAdopt,
  noTableNamed,
];
