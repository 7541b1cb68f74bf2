import fc from "fast-check";
import { load } from "js-yaml";
import { expect, test } from "vitest";
import { shortType } from "../../src/project/write/type_names.ts";
import { newSourcesFile, withSources } from "../../src/project/write/sources.ts";
import { writeTableName } from "../../src/project/write/table_name.ts";
import { readTableName } from "../../src/project/names.ts";
import { gap, yamlText } from "../../src/project/write/yaml_text.ts";
import { looksLikePhi } from "../../src/cli/authoring/phi.ts";

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 200, unit: "grapheme" }),
  fc.constantFrom(
    "no",
    "null",
    "1e3",
    "2018-01-01",
    "- a",
    "a: b",
    "a # b",
    "{x}",
    "numeric(12,2)",
    "two\nlines",
    "end\n\n",
    "a\r\nb\u00a0",
    "\u2028",
    "<<",
    "=",
    "\ttab\t",
    " ",
    "0x1F",
    "'",
    '"',
    "%",
    "|",
    "long ".repeat(60),
  ),
);

test("whatever people call things, it reads back as it was written", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: text, description: text }), { minLength: 1, maxLength: 4 }),
      text,
      (items, one) => {
        const written = yamlText([
          ["one", one],
          ["list", items.map(({ name }) => name)],
          ["columns", { items: items.map((item) => ({ item, note: "a remark" })) }],
          ["spread", { items: items.map((item) => ({ item })), spread: true }],
          [
            "indexes",
            {
              items: items.map(({ name, description }) => ({
                item: { columns: [{ expression: name }, name], where: description },
              })),
            },
          ],
        ]);
        const expected = {
          one,
          list: items.map(({ name }) => name),
          columns: items,
          spread: items,
          indexes: items.map(({ name, description }) => ({
            columns: [{ expression: name }, name],
            where: description,
          })),
        };
        expect(load(written)).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
});

test("sources are added behind those that are there, wherever these come from", () => {
  const source = (name: string, description: string) => ({
    sourceName: name,
    schema: "raw",
    name,
    description,
    columns: [{ name: "a", type: "text", phi: false, notNull: false }],
  });
  fc.assert(
    fc.property(
      text,
      text,
      fc.constantFrom("", "# the end\n", "\n\n"),
      fc.constantFrom("\n", "\r\n"),
      (first, second, end, lines) => {
        const before = `${newSourcesFile("schema", [source("one", first)])}${end}`.replaceAll("\n", lines);
        const after = withSources(before, [source("two", second)])!;
        const { sources } = load(after) as { sources: { name: string; description: string }[] };
        const was = load(before) as { sources: unknown[] };
        expect(sources.slice(0, 1)).toEqual(was.sources);
        expect(sources[1]).toMatchObject({ name: "two", description: second });
      },
    ),
    { numRuns: 200 },
  );
});

test("a file without a plain list is left to its owner", () => {
  for (const text of ["sources: [{name: a, table: b.c}]\n", "sources:\n", "", "a: [", "- x\n"]) {
    expect(withSources(text, [])).toBeUndefined();
  }
});

test("a gap has no value", () => {
  expect(load(yamlText([["description", gap("what: is # it?")]]))).toEqual({ description: null });
});

test("table names are quoted where they must be", () => {
  for (const table of [
    { schema: "raw", name: "claims" },
    { schema: "Raw", name: 'a "b". c' },
    { schema: "é", name: "1" },
  ]) {
    expect(readTableName(writeTableName(table), [])).toEqual({ table, problems: [] });
  }
});

test.each([
  ["timestamp(3) with time zone[]", "timestamptz(3)[]"],
  ["timestamp without time zone", "timestamp"],
  ["character varying(10)", "varchar(10)"],
  ["character varying", "varchar"],
  ["character(3)", "char(3)"],
  ["double precision", "double precision"],
  ['raw."character"', 'raw."character"'],
])("%s is typed as %s", (long, short) => {
  expect(shortType(long)).toBe(short);
});

test("columns that look like a patient's", () => {
  const phi = [
    "SSN",
    "date_of_birth",
    "DOB",
    "BirthDate",
    "first_name",
    "Last Name",
    "member_name",
    "patient_id",
    "PATIENTID",
    "LAST",
    "county",
    "MRN",
    "home_phone",
    "email",
    "mailing_address",
    "address_line_1",
    "zip",
    "ZipCode",
  ];
  const other = [
    "plan",
    "month",
    "premium",
    "provider_name",
    "claim_id",
    "status",
    "first_paid_on",
    "last_month",
    "state",
    "zip_count",
    "address_count",
    "name",
  ];
  expect(phi.filter((name) => !looksLikePhi(name))).toEqual([]);
  expect(other.filter(looksLikePhi)).toEqual([]);
});
