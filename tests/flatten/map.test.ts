/** A Python function that maps each node of a document before it is flattened. */
import { expect, test } from "vitest";
import { pythonProject } from "../support/python.ts";
import { eventsOf, expectCounts, flatten, rejectsOf, type Flatten } from "./support.ts";

const form = {
  slug: "f",
  children: [
    { slug: "name", answerType: "text" },
    { slug: "weight", answerType: "number" },
    { slug: "home", children: [{ slug: "city", answerType: "text" }] },
    { slug: "days", answerType: "textArray" },
  ],
};

const mapping = (code: string, documents: Flatten["documents"], more: Partial<Flatten> = {}) =>
  flatten({
    schemas: { f: form },
    documents,
    more: "map: ./clean.py:clean",
    ...more,
    files: { "./ctf.yaml": pythonProject(), "clean.py": code },
  });

test("it gets every value with its path, from the top down, and what it gives is flattened", async () => {
  const w = await mapping(
    `def clean(path, value):
    if path == "":
        return {**value, "home": {"city": value["home"]}}
    if path == "weight":
        return value * 2
    return value.strip() if isinstance(value, str) else value
`,
    [
      ["f", { name: " Ada ", weight: 1.1, home: " Newark\n", days: [" mon", null] }],
      ["f", "{no json"],
      ["f", { name: 'tab\there \\ quote"', weight: "x", home: "" }],
    ],
    { json: "text" },
  );
  const result = await w.publish();
  expect(await eventsOf(w)).toEqual([
    "1 days[1] = mon (textArray)",
    "1 days[2] = null (textArray)",
    "1 home.city = Newark (text)",
    "1 name = Ada (text)",
    "1 weight = 2.2 (number)",
    "3 home.city =  (text)",
    '3 name = tab\there \\ quote" (text)',
  ]);
  expect(await rejectsOf(w)).toEqual(["2 - malformed | {no json", '3 weight misfit | "xx"']);
  expectCounts(result, { read: 9, rows: 7, rejected: 2, ignored: 0 });
});

test("documents without number, in their order", async () => {
  const w = await mapping("def clean(path, value):\n    return value\n", []);
  await w.client.query(`INSERT INTO clinic.form_responses (id, form_id, responses)
    SELECT i, 'f', pg_catalog.jsonb_build_object('name', pg_catalog.repeat('n', i % 300), 'weight', i) FROM pg_catalog.generate_series(1, 9000) i`);
  await w.publish();
  expect(
    await w.rows(
      "SELECT count(*) AS n FROM dwh.response_events WHERE schema_path = 'weight' AND value = submission_id::text",
    ),
  ).toEqual([{ n: 9000 }]);
});

test.each([
  ["its own line", "def clean(path, value):\n    return value['secret']\n", "clean.py", 2],
  ["what it takes", "def clean(value):\n    return value\n", "clean.py", 1],
  ["its name", "def other(path, value):\n    return value\n", "clean.py", 1],
] as const)("where it fails, the error is at %s and holds no value", async (_, code, file, line) => {
  const w = await mapping(code, [["f", { name: "Ada Lovelace" }]]);
  const result = await w.run();
  expect(result.status).toBe("failed");
  const [problem] = result.transforms[0]!.diagnostics;
  expect(problem?.span?.file).toContain(file);
  expect(problem?.span?.start?.line).toBe(line);
  expect(JSON.stringify(result.transforms[0]!.diagnostics)).not.toContain("Lovelace");
});

test("append flattens all anew when the function changes", async () => {
  const w = await mapping("def clean(path, value):\n    return value\n", [["f", { name: "a" }]], {
    top: "mode: append",
  });
  await w.publish();
  w.write({ "clean.py": "def clean(path, value):\n    return value.upper() if path else value\n" });
  await w.publish();
  expect(await eventsOf(w)).toEqual(["1 name = A (text)"]);
});
