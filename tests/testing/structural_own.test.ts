/** Structural tests of what can't be tried in a transaction: Python, and statements that take none. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Finding, StructuralVerdict } from "../../src/testing/structural/types.ts";
import type { Files } from "../support/files.ts";
import { inWorld, type World } from "./world.ts";

interface Told {
  readonly of: string;
  readonly checks: StructuralVerdict["statuses"];
  readonly findings: readonly Finding[];
}

async function verdicts(world: World, files: Files): Promise<Readonly<Record<string, Told>>> {
  world.files({ "sources/raw.yaml": SOURCES, ...files });
  const { stdout, stderr } = await world.ctfTest("--structural", "--format", "json");
  if (stdout === "") throw new Error(stderr);
  const { structural } = JSON.parse(stdout) as { readonly structural: readonly Told[] };
  return Object.fromEntries(structural.map((one) => [one.of.slice(2), one]));
}

const SOURCES = `sources:
  - name: members
    table: raw.members
    columns:
      - {name: id, type: bigint, not_null: true}
      - {name: name, type: text}
      - {name: code, type: text, not_null: true}
      - {name: born, type: date, not_null: true}
      - {name: amount, type: "numeric(12,2)", not_null: true}
`;

const ID = "{name: id, type: bigint, not_null: true}";

/** A python transform of the members; `body` is what stands in its function. */
const python = (name: string, body: string, columns = ID, more = ""): Files => ({
  [`${name}.yaml`]: `kind: python\ninputs: [{source: members}]\noutput:\n  table: p.${name}\n  columns: [${columns}]\n${more}`,
  [`${name}.py`]: `import random\n\n\ndef transform(members, ctx):\n${body
    .split("\n")
    .map((line) => `    ${line}\n`)
    .join("")}`,
});

const KEY = "  primary_key: [id]\n";

/** By the check that finds it. */
const WRONG: Readonly<Record<string, Files>> = {
  compiles: { ...python("compiles", ""), "compiles.py": "def transform(members, ctx:\n    return []\n" },
  declaration: python("declaration", "return [{'id': m.id, 'nobody': 1} for m in members.rows()]"),
  empty_inputs: python("empty_inputs", "return [{'id': max(m.id for m in members.rows())}]"),
  generated_inputs: python("generated_inputs", "return [{'id': m.id.nothing} for m in members.rows()]"),
  keys_and_checks: python("keys_and_checks", "return [{'id': 1}, {'id': 1}]", ID, KEY),
  same_twice: python("same_twice", "return [{'id': random.getrandbits(60)} for m in members.rows()]"),
  row_order: python("row_order", "return [{'id': m.id} for m in list(members.rows())[:1]]"),
  unusual_inputs: python(
    "unusual_inputs",
    "for m in members.rows():\n    yield {'id': m.id, 'name': m.name.upper()}",
    `${ID}, {name: name, type: text}`,
  ),
};

/** The same as it should be. */
const RIGHT: Files = {
  ...python("copied", "return [{'id': m.id} for m in members.rows()]", ID, KEY),
  ...python("numbers", "return [{'id': int(m.code)} for m in members.rows()]"),
  ...python(
    "days",
    "import datetime\nreturn [{'id': datetime.date.fromisoformat(m.code).year} for m in members.rows()]",
  ),
  ...python(
    "numbered",
    "for m in members.rows():\n    yield {'id': m.id, 'at': ctx.now}",
    `${ID}, {name: at, type: timestamptz}, {name: n, type: bigint, identity: always}`,
  ),
};

inWorld(18, (world) => {
  test("of Python each check finds what is wrong", async () => {
    const found = await verdicts(world, Object.assign({}, ...Object.values(WRONG)));
    for (const name of Object.keys(WRONG)) {
      const checks = found[name]?.findings.map(({ check, diagnostic }) => `${diagnostic.severity} ${check}`);
      expect(checks, name).toContain(`error ${name}`);
    }
  });

  test("and nothing in what is right: also where texts are numbers or days to it", async () => {
    const found = await verdicts(world, RIGHT);
    for (const { of, checks, findings } of Object.values(found)) {
      expect(
        findings.filter(({ diagnostic }) => diagnostic.severity === "error"),
        of,
      ).toEqual([]);
      expect(checks["exercised"], of).toBe("passed");
    }
    expect(Object.keys(found).sort()).toEqual(["copied", "days", "numbered", "numbers"]);
  });

  test("a finding has the line of the function, the type of the error, and rows", async () => {
    world.files({ "sources/raw.yaml": SOURCES, ...WRONG["unusual_inputs"]! });
    const { stdout, code } = await world.ctfTest("--structural");
    expect(code).toBe(1);
    expect(stdout.replace(/, in .*/, "")).toMatchInlineSnapshot(`
      "✗ p.unusual_inputs: it runs on NULLs, empty texts, leap days and other alphabets
        pipelines/p/unusual_inputs.py:6:36 CTF870 on unusual rows: AttributeError in transform()
          6 |         yield {'id': m.id, 'name': m.name.upper()}
            |                                    ^^^^^^^^^^^^^^^
        Python: 'NoneType' object has no attribute 'upper'
        The smallest rows that show it, as a test for pipelines/p/unusual_inputs.test.yaml:
          - name: it runs on NULLs, empty texts, leap days and other alphabets
            given:
              raw.members:
                - {name: null}
            expect: []  # what should come out, or expect_error: {code: CTF604}

      Structural tests of 1 transform: 1 failed, 0 passed
      "
    `);
  });

  test("that it divides by what is zero at the ends of a type is a note", async () => {
    const found = await verdicts(world, python("t", "return [{'id': int(1000 / m.amount)} for m in members.rows()]"));
    expect(found["t"]!.checks["extreme_inputs"]).toBe("noted");
  });

  test("a function that writes a file, whatever its columns", async () => {
    const file = (name: string, body: string, columns = ""): Files => ({
      [`${name}.yaml`]: `kind: python\ninputs: [{source: members}]\noutput:\n  file: out/${name}.csv\n${columns}`,
      [`${name}.py`]: `import random\n\n\ndef transform(members):\n    return ${body}\n`,
    });
    const found = await verdicts(world, {
      ...file("free", "[{'id': m.id, 'name': m.name} for m in members.rows()]"),
      ...file("declared", "[{'id': m.id} for m in members.rows()]", `  columns: [${ID}]\n`),
      ...file("chance", "[{'id': random.random()} for m in members.rows()]"),
    });
    expect(Object.fromEntries(Object.entries(found).map(([name, { checks }]) => [name, checks["same_twice"]]))).toEqual(
      {
        free: "passed",
        declared: "passed",
        chance: "failed",
      },
    );
    expect(found["free"]!.checks["exercised"]).toBe("passed");
    expect(found["chance"]!.findings[0]!.test).toContain("expect: []");
  });

  test("files that a function reads are made where their columns are declared", async () => {
    const reads = (name: string): Files => ({
      [`${name}.yaml`]: `kind: python\ninputs: [{source: ${name}_file}]\noutput: {table: p.${name}, columns: [${ID}]}\n`,
      [`${name}.py`]: `import csv, io\n\n\ndef transform(${name}_file):\n    for file in ${name}_file:\n        for row in csv.DictReader(io.TextIOWrapper(file.open())):\n            yield {"id": int(row["id"])}\n`,
    });
    const found = await verdicts(world, {
      ...reads("known"),
      ...reads("secret"),
      "sources/files.yaml": `sources:\n  - {name: known_file, file: "in/known.csv", format: csv, header: true, columns: [${ID}]}\n  - {name: secret_file, file: "in/secret.bin", format: raw}\n`,
    });
    expect(found["known"]).toMatchObject({ findings: [], checks: { exercised: "passed", empty_inputs: "passed" } });
    expect(found["secret"]!.findings[0]!.diagnostic.message).toContain("what the files of secret_file hold");
  });

  test("what only the machine lacks is tried again; of what nobody declares it is said", async () => {
    const files: Files = {
      "sources/raw.yaml": SOURCES,
      "sources/bare.yaml": "sources:\n  - {name: bare, table: raw.bare}\n",
      ...python("t", "return [{'id': m.id} for m in members.rows()]"),
      "b.yaml": `kind: python\ninputs: [{source: bare}]\noutput: {table: p.b, columns: [${ID}]}\n`,
      "b.py": "def transform(bare):\n    return []\n",
    };
    const lacking = await verdicts(world, { ...files, "ctf.yaml": "ctf: 1\nproject: test\npython: no/such/python\n" });
    expect(lacking["t"]!.findings[0]!.diagnostic.code).toBe("CTF601");
    const found = await verdicts(world, files);
    expect(found["t"]!.findings).toEqual([]);
    expect(found["b"]!.findings[0]!.diagnostic).toMatchObject({
      code: "CTF875",
      message: "nothing says which columns raw.bare has, so no rows could be made up",
    });
  });

  test("what came of a transform that was saved in between is not kept", async () => {
    const saving = `with open(${JSON.stringify(join(world.root, "pipelines/p/saved.py"))}, "a") as file:\n    file.write("# saved\\n")\n`;
    const rows = "return [{'id': m.id} for m in members.rows()]";
    const found = await verdicts(world, { ...python("saved", saving + rows), ...python("left", rows) });
    expect(found["saved"]!.findings).toEqual([]);
    const kept = readFileSync(join(world.root, ".ctf/cache/structural.json"), "utf8");
    expect(kept).toContain("p.left");
    expect(kept).not.toContain("p.saved");
  });

  test("statements outside of a transaction", async () => {
    const statements = (name: string, body: string): Files => ({
      [`${name}.yaml`]: `kind: sql\ntransaction: none\ninputs: [{source: members}]\noutputs:\n  - {table: p.${name}, columns: [{name: id, type: bigint}]}\n`,
      [`${name}.sql`]: `CREATE TABLE IF NOT EXISTS p.${name} (id bigint);\n${body}INSERT INTO p.${name} SELECT id FROM raw.members;\nVACUUM p.${name};\n`,
    });
    const found = await verdicts(world, {
      ...statements("adds", ""),
      ...statements("replaces", "DELETE FROM p.replaces;\n"),
      ...statements("fails", "DELETE FROM p.fails;\nINSERT INTO p.fails SELECT id / 0 FROM raw.members;\n"),
    });
    expect(found["adds"]!.checks["same_twice"]).toBe("failed");
    expect(found["replaces"]!.findings).toEqual([]);
    expect(found["replaces"]!.checks["exercised"]).toBe("passed");
    expect(found["fails"]!.checks).toMatchObject({ empty_inputs: "passed", generated_inputs: "failed" });
  });
});
