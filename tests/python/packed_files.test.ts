/** Files that a function reads itself are unpacked for it, as they are for a load. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { pythonProject } from "../support/python.ts";
import { problems, warehouse } from "../support/warehouse.ts";

test("a packed file comes unpacked, and a damaged one is told", async () => {
  const w = await warehouse(
    18,
    {
      "./ctf.yaml": pythonProject(),
      "sources/s.yaml": "sources:\n  - {name: notes, file: data/notes.txt.gz, format: raw}\n",
      "t.yaml":
        "kind: python\ninputs: [{source: notes}]\noutput: {table: lab.t, columns: [{name: line, type: text}]}\n",
      "t.py":
        "def transform(notes):\n    for file in notes:\n        for line in file.text():\n            yield (line.strip(),)\n",
    },
    "CREATE SCHEMA lab",
  );
  const packed = gzipSync("one\ntwo\n");
  mkdirSync(join(w.root, "data"));
  writeFileSync(join(w.root, "data/notes.txt.gz"), packed);
  await w.publish();
  expect(await w.rows("SELECT line FROM lab.t ORDER BY line")).toEqual([{ line: "one" }, { line: "two" }]);
  writeFileSync(join(w.root, "data/notes.txt.gz"), packed.subarray(0, packed.length - 9));
  expect(problems(await w.run())).toEqual([
    expect.stringContaining("data/notes.txt.gz can't be read: the gzip data end too early"),
  ]);
  expect(await w.value("SELECT count(*)::int FROM lab.t")).toBe(2);
});
