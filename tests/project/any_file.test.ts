/** Whatever stands in a file: no crash, no word of the libraries beneath, and a place within the file. */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { makeReaders, type Readers } from "../../src/project/read/readers.ts";

let readers: Readers;
beforeAll(async () => {
  readers = await makeReaders(kinds);
});

const WORDS = [
  "kind",
  "create_table_as",
  "sql",
  "upsert",
  "load",
  "output",
  "outputs",
  "table",
  "view",
  "a.b",
  "columns",
  "name",
  "type",
  "text",
  "primary_key",
  "unique",
  "indexes",
  "expression",
  "foreign_keys",
  "references",
  "inputs",
  "transform",
  "source",
  "sources",
  "file",
  "x.csv",
  "monitors",
  "row_count",
  "change",
  "50%",
  "settings",
  "work_mem",
  "jit",
  "retries",
  "timeout",
  "2h",
  "grants",
  "reporting",
  "select",
  "ctf",
  "project",
  "targets",
  "url_env",
  "vars",
  "default",
  "defaults",
  "schedule",
  "0 6 * * *",
  "owners",
  "description",
  "rename",
  "keys",
  "publish",
  "rows",
  "numeric(12,2)",
  "Claims.Paid",
  "",
  "é",
  "__proto__",
];
const word = fc.constantFrom(...WORDS);
const leaf = fc.oneof(
  word,
  fc.integer({ min: -2, max: 20 }),
  fc.boolean(),
  fc.constant(null),
  fc.double(),
  fc.string(),
);
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(word, tie("any"), { maxKeys: 4 }),
  ),
})).any;

/** Mappings that get far enough to be looked into. */
const shaped = fc.record(
  {
    kind: fc.constantFrom(...kinds.keys()),
    ctf: fc.constantFrom(1, 2),
    project: leaf,
    output: fc.oneof(
      value,
      fc.record(
        {
          table: leaf,
          columns: value,
          primary_key: value,
          unique: value,
          indexes: value,
          foreign_keys: value,
          statistics: value,
          grants: value,
        },
        { requiredKeys: ["table"] },
      ),
    ),
    inputs: value,
    monitors: value,
    settings: value,
    timeout: leaf,
    sources: fc.array(
      fc.record({ name: leaf, table: leaf, file: leaf, columns: value, delimiter: leaf }, { requiredKeys: ["name"] }),
      { maxLength: 3 },
    ),
    targets: value,
    vars: value,
    defaults: value,
    grants: value,
    schedule: leaf,
    rename: value,
    keys: value,
  },
  { requiredKeys: [] },
);

const OF_LIBRARIES =
  /Invalid (input|option|key)|expected .* received|Unrecognized|\[object|undefined|NaN\b|zod|~standard/i;

test.each(["ctf", "pipeline", "transform", "sources"] as const)("a %s file of any shape", (role) => {
  fc.assert(
    fc.property(fc.oneof(value, shaped), (written) => {
      // JSON is YAML; on several lines, so that places mean something.
      const text = JSON.stringify(written, undefined, 1) ?? "null";
      const length = text.split("\n").length;
      for (const { message, hint, span, code } of readers[role]({ file: "x.yaml", text }).diagnostics) {
        expect(`${code} ${message} ${hint ?? ""}`).not.toMatch(OF_LIBRARIES);
        expect(message).not.toContain("\n");
        if (span?.start) expect(span.start.line).toBeLessThanOrEqual(length);
      }
    }),
    { numRuns: 500 },
  );
});

test.each(["transform", "sources"] as const)("a %s file of any text", (role) => {
  const part = fc.oneof(
    word,
    fc.constantFrom(
      "\n",
      "  ",
      ": ",
      "- ",
      "{",
      "}",
      "[",
      "]",
      ", ",
      '"',
      "'",
      "#",
      "&a ",
      "*a",
      "|\n",
      "---\n",
      "\t",
      "(",
      ")",
      "!t ",
      "? ",
      "%",
    ),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 25 }), (parts) => {
      const text = parts.join("");
      for (const { message, hint } of readers[role]({ file: "x.yaml", text }).diagnostics) {
        expect(`${message} ${hint ?? ""}`).not.toMatch(OF_LIBRARIES);
      }
    }),
    { numRuns: 2000 },
  );
});
