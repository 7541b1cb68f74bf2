/** Nested documents become one row for each answer that their form knows. */
import { expect, test } from "vitest";
import { testMajors } from "../support/servers.ts";
import { eventsOf, expectCounts, flatten, rejectsOf } from "./support.ts";

const visit = {
  slug: "visit",
  nodeType: "form",
  children: [
    {
      slug: "main",
      nodeType: "section",
      children: [
        {
          slug: "name",
          nodeType: "question",
          answerType: "text",
          tag: "member_name",
          label: { en: "Name", es: "Nombre" },
        },
        { slug: "age", nodeType: "question", answerType: "number", label: "Age" },
        { slug: "smoker", nodeType: "question", answerType: "boolean" },
        { slug: "born", nodeType: "question", answerType: "date", viewOnly: true },
      ],
    },
    { slug: "notes", answerType: "text" },
  ],
};

for (const major of testMajors) {
  for (const json of ["jsonb", "json", "text"] as const) {
    test(`PostgreSQL ${major}, ${json}: a row for each answer`, async () => {
      const w = await flatten({
        major,
        json,
        schemas: { f: visit },
        documents: [["f", { main: { name: "Ada", age: 36, smoker: false, born: "1815-12-10" }, notes: null }]],
      });
      const result = await w.publish();
      expect(await eventsOf(w)).toEqual([
        "1 main.age = 36 (number)",
        "1 main.born = 1815-12-10 (date)",
        "1 main.name = Ada (text member_name)",
        "1 main.smoker = false (boolean)",
        "1 notes = null (text)",
      ]);
      expect(await rejectsOf(w)).toEqual([]);
      expectCounts(result, { read: 5, rows: 5, rejected: 0, ignored: 0 });
    });
  }
}
