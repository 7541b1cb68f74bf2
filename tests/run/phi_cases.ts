/** Transforms that fail over patients' values in every way we know, and some that succeed. */
import type { Files } from "../support/files.ts";

/** As they stand in tables and files; none of it may ever be seen outside of them. */
export const CANARIES = [
  "Featherstonehaugh",
  "Wilhelmina",
  "987-65-4329",
  "987654329",
  "1931-07-19",
  "07/19/1931",
  "7654321987",
];

const NAME = "Wilhelmina Featherstonehaugh";
const SSN = "987-65-4329";

export const SETUP = `
  CREATE SCHEMA lab;
  CREATE TABLE lab.patients (name text, ssn text, born date, mrn bigint);
  INSERT INTO lab.patients VALUES
    ('${NAME}', '${SSN}', '1931-07-19', 7654321987), ('${NAME}', '${SSN}', '1931-07-19', 7654321987);
  CREATE TABLE lab.members (ssn text PRIMARY KEY);
  CREATE TYPE lab.color AS ENUM ('red');
  CREATE DOMAIN lab.short AS text CHECK (length(value) < 3);
  CREATE TABLE lab.merged (id int PRIMARY KEY, ssn text UNIQUE);
  INSERT INTO lab.merged VALUES (99, '${SSN}');
  CREATE FUNCTION lab.tell(who text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no room for %', who USING DETAIL = who, HINT = who; END $$;
  CREATE FUNCTION lab.pretend(who text, state text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION USING ERRCODE = state, MESSAGE = who, CONSTRAINT = who, COLUMN = who, TABLE = who, SCHEMA = who, DATATYPE = who; END $$;
  CREATE FUNCTION lab.run(sql text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r text; BEGIN EXECUTE sql INTO r; RETURN r; END $$;
  CREATE FUNCTION lab.first_name() RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN (SELECT p.name FROM lab.patients p LIMIT 1); END $$;
  CREATE FUNCTION lab.first_mrn() RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN (SELECT p.mrn FROM lab.patients p LIMIT 1); END $$;
  CREATE FUNCTION lab.told_early() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN (SELECT p.name FROM lab.patients p LIMIT 1)::int; END $$;
`;

interface Case {
  readonly kind?: string;
  readonly sql?: string;
  /** name: type */
  readonly columns?: string;
  readonly output?: string;
  readonly more?: string;
  /** The lines of a python function's body, with `row` and `ctx`. */
  readonly py?: string;
  /** A load's file, and how it is written where that is not CSV. */
  readonly data?: string | Uint8Array;
  readonly format?: string;
  /** The other source that it reads. */
  readonly reads?: "members";
  readonly succeeds?: true;
}

const ONE = "{name: v, type: text}";
const PATIENT =
  "{name: name, type: text}, {name: ssn, type: text}, {name: born, type: date}, {name: mrn, type: bigint}";
const value = (expression: string, type = "text"): Case => ({
  sql: `SELECT ${expression} AS v FROM lab.patients`,
  columns: `{name: v, type: "${type}"}`,
});
const statements = (sql: string): Case => ({ kind: "sql", sql });
/** Statements that fill a table of their own; TABLE stands for its name. */
const making = (columns: string, select: string, then = "", more: Case = {}): Case => ({
  kind: "sql",
  sql: `CREATE TABLE lab.TABLE (${columns}); INSERT INTO lab.TABLE ${select} FROM lab.patients; ${then}`,
  columns: ONE,
  ...more,
});
const load = (data: string | Uint8Array, more: Omit<Case, "data"> = {}): Case => ({
  kind: "load",
  columns: PATIENT,
  data,
  ...more,
});
const python = (py: string, type = "text", more: Omit<Case, "py"> = {}): Case => ({
  kind: "python",
  py,
  columns: `{name: v, type: "${type}"}`,
  ...more,
});
/** A function that gives whatever it is one value: the column's type does not take it. */
const gives = (expression: string, type = "text"): Case => python(`yield (${expression},)`, type);

const JSON_LINES = { format: "format: json_lines" };
const FIXED = {
  format: "format: fixed_width, fields: [{name: ssn, start: 1, length: 11}, {name: mrn, start: 12, length: 10}]",
  columns: "{name: ssn, type: text}, {name: mrn, type: bigint}",
};

export const CASES: Readonly<Record<string, Case>> = {
  // Values that functions and casts refuse, and quote
  cast_int: value("name::int", "int"),
  cast_date: value("ssn::date", "date"),
  cast_json: value("name::json", "json"),
  cast_uuid: value("name::uuid", "uuid"),
  cast_enum: value("name::lab.color", "lab.color"),
  cast_domain: value("name::lab.short", "lab.short"),
  cast_array: value("name::text[]", "text[]"),
  cast_interval: value("name::interval", "interval"),
  cast_regclass: value("name::regclass", "regclass"),
  cast_regtype: value("name::regtype", "regtype"),
  cast_small: value("mrn::int2", "smallint"),
  cast_xml: value("('<' || name)::xml", "xml"),
  parse_date: value("to_date(ssn, 'DD Mon YYYY')", "date"),
  parse_query: value("to_tsquery(name)", "tsquery"),
  parse_regexp: value("regexp_replace(name, '(' || name, '')"),
  parse_zone: value("(now() AT TIME ZONE name)", "timestamp"),
  parse_path: value("jsonb_path_query_first('{}', name::jsonpath)", "jsonb"),
  build_range: value("daterange(born, born - 1)", "daterange"),
  build_date: value("make_date(mrn::text::numeric::int % 1000, 13, 45)", "date"),
  divide: value("mrn / (mrn - mrn)", "bigint"),
  subquery: value("(SELECT p.name FROM lab.patients p)"),
  setting: value("current_setting(name)"),
  encode: value("convert_from(convert_to(name, 'UTF8') || '\\xff', 'UTF8')"),
  // Functions that raise, with values in every field, also those that hold names
  raise: value("lab.tell(name)"),
  pretend_unique: value("lab.pretend(name, '23505')"),
  pretend_null: value("lab.pretend(ssn, '23502')"),
  pretend_check: value("lab.pretend(name, '23514')"),
  pretend_key: value("lab.pretend(name, '23503')"),
  pretend_exclusion: value("lab.pretend(name, '23P01')"),
  pretend_privilege: value("lab.pretend(name, '42501')"),
  pretend_syntax: value("lab.pretend(name, '42601')"),
  pretend_column: value("lab.pretend(name, '42703')"),
  pretend_lost: value("lab.pretend(name, '08006')"),
  pretend_code: value("lab.pretend(name, substr(regexp_replace(ssn, '-', '', 'g'), 1, 5))"),
  dynamic_column: value("lab.run(format('SELECT %I', name))"),
  dynamic_syntax: value("lab.run(name)"),
  dynamic_table: value("lab.run(format('SELECT 1 FROM %I', ssn))"),
  // What the planner works out
  planned: {
    sql: "SELECT name AS v FROM lab.patients WHERE name > lab.first_name() OR mrn > lab.first_mrn()",
    columns: ONE,
    succeeds: true,
  },
  planned_fails: { sql: "SELECT name AS v FROM lab.patients WHERE mrn = lab.told_early()", columns: ONE },
  // Constraints, whose DETAIL quotes the row
  primary_key: { sql: "SELECT * FROM lab.patients", columns: PATIENT, output: "primary_key: [ssn]" },
  unique_key: { sql: "SELECT * FROM lab.patients", columns: PATIENT, output: "unique: [[name, ssn]]" },
  unique_index: {
    sql: "SELECT * FROM lab.patients",
    columns: PATIENT,
    output: 'indexes: [{unique: true, columns: [{expression: "lower(name)"}]}]',
  },
  not_null: {
    sql: "SELECT name, NULL::text AS ssn, born, mrn FROM lab.patients",
    columns: PATIENT,
    output: "primary_key: [ssn]",
  },
  check: {
    sql: "SELECT * FROM lab.patients",
    columns: PATIENT,
    output: "constraints: [{name: young, check: \"born > '2000-01-01'\"}]",
  },
  index_expression: {
    sql: "SELECT * FROM lab.patients",
    columns: PATIENT,
    output: 'indexes: [{columns: [{expression: "(ssn::int)"}]}]',
  },
  foreign_key: {
    sql: "SELECT * FROM lab.patients",
    columns: PATIENT,
    output: "foreign_keys: [{columns: [ssn], references: {table: lab.members, columns: [ssn]}}]",
  },
  monitor: { sql: "SELECT * FROM lab.patients", columns: PATIENT, more: "monitors: [{row_count: {min: 3}}]" },
  // Merges
  upsert_twice: { kind: "upsert", sql: "SELECT * FROM lab.patients", columns: PATIENT, more: "keys: [ssn]" },
  upsert_null: {
    kind: "upsert",
    sql: "SELECT name, NULL AS ssn FROM lab.patients LIMIT 1",
    columns: "{name: name, type: text}, {name: ssn, type: text}",
    more: "keys: [ssn]",
  },
  upsert_cast: {
    kind: "upsert",
    sql: "SELECT ssn, name::int AS v FROM lab.patients",
    columns: "{name: ssn, type: text}, {name: v, type: int}",
    more: "keys: [ssn]",
  },
  merged: {
    kind: "upsert",
    sql: "SELECT 1 AS id, ssn FROM lab.patients LIMIT 1",
    columns: "{name: id, type: int}, {name: ssn, type: text}",
    more: "keys: [id]",
  },
  // Statements
  sql_unique: making("ssn text UNIQUE", "SELECT ssn"),
  sql_check: making("born date CHECK (born > '2000-01-01')", "SELECT born"),
  sql_exclude: making("span daterange, EXCLUDE USING gist (span WITH &&)", "SELECT daterange(born, born + 1)"),
  sql_key: making("ssn text REFERENCES lab.members", "SELECT ssn", "", { reads: "members" }),
  sql_too_long: making("name varchar(5)", "SELECT name"),
  sql_alter: making("name text", "SELECT name", "ALTER TABLE lab.TABLE ALTER name TYPE int USING name::int"),
  sql_raise: statements("DO $$ BEGIN PERFORM lab.tell(p.name) FROM lab.patients p; END $$"),
  sql_assert: statements("DO $$ BEGIN ASSERT false, (SELECT p.name FROM lab.patients p LIMIT 1); END $$"),
  sql_create: statements(
    "DO $$ BEGIN EXECUTE format('CREATE TABLE lab.%I ()', (SELECT p.name FROM lab.patients p LIMIT 1)); EXECUTE format('CREATE TABLE lab.%I ()', (SELECT p.name FROM lab.patients p LIMIT 1)); END $$",
  ),
  sql_loud: {
    ...statements(
      "DO $$ BEGIN RAISE WARNING 'see %', (SELECT p.name FROM lab.patients p LIMIT 1); END $$; SELECT * FROM lab.patients",
    ),
    succeeds: true,
  },
  // Files
  load_cast: load(`name,ssn,born,mrn\n${NAME},${SSN},1931-07-19,7654321987\n${NAME},${SSN},${NAME},1\n`),
  load_range: load(`name,ssn,born,mrn\n${NAME},${SSN},1931-07-19,76543219877654321987\n`),
  load_quote: load(`name,ssn,born,mrn\n"${NAME},${SSN},1931-07-19,7654321987\n`),
  load_more: load(`name,ssn,born,mrn\n${NAME},${SSN},1931-07-19,7654321987,${NAME}\n`),
  load_less: load(`name,ssn,born,mrn\n${NAME},${SSN}\n`),
  load_no_header: load(`${NAME},${SSN},1931-07-19,7654321987\n`),
  load_bytes: load(Buffer.from(`name,ssn,born,mrn\n${NAME}\xff,${SSN},1931-07-19,1\n`, "latin1")),
  load_nul: load(`name,ssn,born,mrn\n${NAME}\0,${SSN},1931-07-19,1\n`),
  load_key: load(`name,ssn,born,mrn\n${NAME},${SSN},,1\n${NAME},${SSN},,1\n`, { output: "primary_key: [ssn]" }),
  load_domain: load(`v\n${NAME}\n`, { columns: "{name: v, type: lab.short}" }),
  load_enum: load(`v\n${NAME}\n`, { columns: "{name: v, type: lab.color}" }),
  load_json: load(`{"name": "${NAME}", "ssn": "${SSN}", "born": "${NAME}", "mrn": 1}\n`, JSON_LINES),
  load_json_broken: load(`{"name": "${NAME}", "ssn": "${SSN}\n`, JSON_LINES),
  load_json_key: load(
    `{"${NAME}": 1, "name": "${NAME}", "ssn": "${SSN}", "born": null, "mrn": [7654321987]}\n`,
    JSON_LINES,
  ),
  load_fixed: load(`${SSN}${NAME}\n${SSN}\n`, FIXED),
  load_fixed_date: load(`07/19/1931 \n`, {
    columns: "{name: born, type: date}",
    format: "format: fixed_width, fields: [{name: born, start: 1, length: 11, date: YYYYMMDD}]",
  }),
  load_rejected: load(`name,ssn,born,mrn\n${NAME},${SSN},${NAME},1\n${NAME},${SSN},1931-07-19,1\n`, {
    more: "max_rejects: 1",
    succeeds: true,
  }),
  load_fine: load(`name,ssn,born,mrn\n${NAME},${SSN},1931-07-19,7654321987\n`, { succeeds: true }),
  // Functions: what they raise, say and give
  py_raise: python("raise ValueError(row.name)"),
  py_raise_from: python("raise RuntimeError(row.ssn) from KeyError(row.name)"),
  py_class: python("raise type(row.name, (Exception,), {})(row.ssn)"),
  py_key: python("{}[row.ssn]"),
  py_attribute: python("getattr(row, row.name)"),
  py_assert: python("assert row.name == row.ssn, row.name"),
  py_convert: python("int(row.name)"),
  py_import: python("__import__(row.name.replace(' ', '_'))"),
  py_eval: python("eval(row.name)"),
  py_compile: python("compile(row.name + '(', __file__, 'exec')"),
  py_exit: python("raise SystemExit(row.name)"),
  py_variable: python("ctx.vars[row.name]"),
  py_template: python("ctx.log.info('%d', row.name)"),
  py_crash: python("print(row.name, end='', flush=True); __import__('os').abort()"),
  py_thread: python(
    "import threading; t = threading.Thread(target=int, args=(row.name,)); t.start(); t.join(); raise KeyError(row.ssn)",
  ),
  py_says: python(
    `import logging, os, subprocess, sys, traceback, warnings
print(row, row.name, flush=True)
print(row.ssn, file=sys.stderr)
os.write(1, row.name.encode())
os.write(2, row.name.encode())
subprocess.run(["echo", row.name])
logging.warning(row.name)
warnings.warn(row.ssn)
ctx.log.info("a member: %s", row.name)
ctx.log.warning(f"again {row.name}")
ctx.log.error(row.ssn)
try: int(row.name)
except ValueError: traceback.print_exc()
yield (row.name,)`,
    "text",
    { succeeds: true },
  ),
  py_int: gives("row.name", "int"),
  py_large: gives("row.mrn", "int"),
  py_numeric: gives("row.mrn", "numeric(5,2)"),
  py_date: gives("row.ssn", "date"),
  py_long: gives("row.name", "varchar(3)"),
  py_bool: gives("row.name", "bool"),
  py_json: gives("{row.name: {row.ssn}}", "jsonb"),
  py_uuid: gives("row.name", "uuid"),
  py_array: gives("[row.name]", "int[]"),
  py_inet: gives("row.name", "inet"),
  py_enum: gives("row.name", "lab.color"),
  py_domain: gives("row.name", "lab.short"),
  py_object: gives("type(row.name, (), {})()"),
  py_columns: python("yield {row.name: 1}"),
  py_two_columns: python("yield row.name, row.ssn"),
  py_frame: python("import pandas; yield pandas.DataFrame({row.name: [row.ssn]})"),
  py_arrow: python("import pyarrow; yield pyarrow.table({'v': [row.name]})", "int"),
  py_returned: python("yield type(row.name, (), {})()"),
  py_key_twice: python("yield (row.ssn,)", "text", { output: "primary_key: [v]" }),
  py_check: python("yield (row.ssn,)", "text", { output: "constraints: [{name: brief, check: length(v) < 5}]" }),
  py_file: python("yield {'v': row.name, row.ssn: {row.name}}", "text", { output: "FILE" }),
};

/** The definition of one: the table is named after the case. */
function definitionOf(name: string, { kind = "create_table_as", columns, output, more, reads }: Case): string {
  const table = `output:\n  table: lab.${name}\n  columns: [${columns}]${output ? `\n  ${output}` : ""}`;
  const made = output === "FILE" ? `output: {file: out/${name}.jsonl}` : columns ? table : "outputs: []";
  const inputs = [kind === "load" ? name : "patients", ...(reads ? [reads] : [])];
  const given = inputs.map((source) => `{source: ${source}}`).join(", ");
  return `kind: ${kind}\ninputs: [${given}]\n${more ? `${more}\n` : ""}${made}\n`;
}

const functionOf = (body: string): string =>
  `def transform(patients, ctx):\n    for row in patients.rows():\n${body.replaceAll(/^/gm, "        ")}\n        yield from ()\n`;

const fileOf = (name: string): string => `data/${name}.txt`;

/** The source of one that loads a file. */
const sourceOf = (name: string, { format = "format: csv" }: Case): string =>
  `  - {name: ${name}, file: ${fileOf(name)}, ${format}}\n`;

export const FILES: Files = {
  "sources/files.yaml": `sources:\n${Object.entries(CASES)
    .map(([name, one]) => (one.data === undefined ? "" : sourceOf(name, one)))
    .join("")}`,
  "sources/tables.yaml": `sources:
  - {name: members, table: lab.members, columns: [{name: ssn, type: text}]}
  - {name: patients, table: lab.patients}
`,
  ...Object.fromEntries(
    Object.entries(CASES).flatMap(([name, one]) => [
      [`pipelines/p/${name}.yaml`, definitionOf(name, one)],
      ...(one.sql === undefined ? [] : [[`pipelines/p/${name}.sql`, one.sql.replaceAll("lab.TABLE", `lab.${name}`)]]),
      ...(one.py === undefined ? [] : [[`pipelines/p/${name}.py`, functionOf(one.py)]]),
      ...(one.data === undefined ? [] : [[fileOf(name), one.data]]),
    ]),
  ),
};
