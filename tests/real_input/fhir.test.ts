/** Real forms and answers in FHIR, and nested claims: everything in them comes out as a row, or as an explained reject. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { warehouse } from "../support/warehouse.ts";

const data = resolve(fileURLToPath(new URL(".", import.meta.url)), "../../../shared/data");
const fhir = join(data, "fhir-questionnaires");
const eob = join(data, "eob-x12/eob_200.ndjson.gz");

interface Item {
  readonly linkId?: string;
  readonly item?: readonly Item[];
  readonly answer?: readonly (Readonly<Record<string, unknown>> & { readonly item?: readonly Item[] })[];
}
interface Line {
  readonly path: string;
  readonly resource: { readonly item?: readonly Item[] };
}

const linesOf = (file: string): Line[] =>
  gunzipSync(readFileSync(file))
    .toString("utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

const below = ({ item = [], answer = [] }: Item): readonly Item[] => [
  ...item,
  ...answer.flatMap((one) => one.item ?? []),
];
const allItems = (items: readonly Item[] = []): readonly Item[] =>
  items.flatMap((item) => [item, ...allItems(below(item))]);
const ids = (items: readonly Item[] = [], path = ""): readonly string[] =>
  items.flatMap((item) => [`${path}/${item.linkId}`, ...ids(below(item), `${path}/${item.linkId}`)]);

const definition = (name: string, documents: string, schema: string) => `kind: flatten
inputs: [{source: responses}, {source: questionnaires}]
flatten:
  documents: {from: ${documents}, key: id, schema_key: form, carry: {id: response, form: form}}
  schema: {from: ${schema}, key: path, format: fhir}
questions: lab.${name}_questions
output:
  table: lab.${name}
  columns:
    - {name: response, type: text}
    - {name: form, type: text}
    - {name: schema_path, type: text}
    - {name: item_index, type: "int[]"}
    - {name: value, type: text}
    - {name: answer_type, type: text}
    - {name: value_json, type: jsonb}
`;

describe.skipIf(!existsSync(fhir))("FHIR", () => {
  test("all forms map, and all answers of all responses are rows or explained rejects", async () => {
    const forms = linesOf(join(fhir, "questionnaires.ndjson.gz"));
    const responses = linesOf(join(fhir, "questionnaire_responses.ndjson.gz"));
    // Some responses do not say which form they answer: it is that which has most of their questions.
    const answered = responses.map(({ resource }, n) => {
      const own = ids(resource.item);
      const known = forms.map((form) => ({ form, here: new Set(ids(form.resource.item)) }));
      const hits = known.map(({ form, here }) => ({ form, hit: own.filter((id) => here.has(id)).length }));
      return { id: n + 1, form: hits.reduce((best, one) => (one.hit > best.hit ? one : best)).form.path, resource };
    });
    const ndjson = (lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const w = await warehouse(
      18,
      {
        "files.yaml": definition("answers", "responses, column: resource", "questionnaires, column: resource"),
        "sources/fhir.yaml": `sources:
  - {name: responses, file: data/responses.ndjson, format: json_lines}
  - {name: questionnaires, file: data/questionnaires.ndjson, format: json_lines}
`,
        "data/responses.ndjson": ndjson(answered),
        "data/questionnaires.ndjson": ndjson(forms),
      },
      "CREATE SCHEMA lab",
    );
    const result = await w.publish();

    const paths = new Map<string, number>();
    for (const { path } of forms) paths.set(path, (paths.get(path) ?? 0) + 1);
    expect([...paths.values()].every((count) => count === 1)).toBe(true);
    const items = forms.reduce((sum, { resource }) => sum + allItems(resource.item).length, 0);
    expect(items).toBe(1597);
    const [mapped] = await w.rows(
      "SELECT count(*)::int AS questions, count(DISTINCT form)::int AS forms FROM lab.answers_questions",
    );
    // One group stands twice in its form, with the same linkId: its second is kept among the rejects, with all in it.
    const faults = await w.rows("SELECT reason, raw FROM lab.answers_rejects WHERE document IS NULL");
    expect(faults.map(({ reason }) => reason)).toEqual(["repeated_node"]);
    const twice = allItems([JSON.parse(faults[0]!["raw"] as string) as Item]).length;
    expect(mapped).toEqual({ questions: items - twice, forms: 91 });

    const answers = answered.flatMap(({ resource }) => allItems(resource.item).flatMap(({ answer = [] }) => answer));
    const withValue = answers.filter((answer) => Object.keys(answer).some((key) => key.startsWith("value")));
    const { counts } = result.transforms[0]!;
    expect(counts.read).toBe(
      answers.length - answers.filter((answer) => !withValue.includes(answer) && answer.item).length,
    );
    expect(counts.read).toBe((counts.rows ?? 0) + (counts.rejected ?? 0));
    expect(
      await w.rows(
        "SELECT reason, count(*)::int AS n FROM lab.answers_rejects WHERE document IS NOT NULL GROUP BY 1 ORDER BY 1",
      ),
    ).toEqual([
      // Three answers are to questions that the form does not have.
      { reason: "unknown_path", n: 3 },
    ]);
    const kept = await w.rows(
      "SELECT value_json AS value FROM lab.answers UNION ALL SELECT raw::jsonb FROM lab.answers_rejects WHERE document IS NOT NULL",
    );
    const values = withValue.map((answer) => Object.entries(answer).find(([key]) => key.startsWith("value"))![1]);
    const sorted = (list: readonly unknown[]) => list.map((value) => JSON.stringify(value, keysSorted)).sort();
    expect(sorted(kept.map((row) => row["value"]))).toEqual(sorted(values));
  });
});

const keysSorted = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

describe.skipIf(!existsSync(eob))("nested claims", () => {
  test("paths listed by hand, in a packed file", async () => {
    const w = await warehouse(
      18,
      {
        "lines.yaml": `kind: flatten
inputs: [{source: eob}]
flatten:
  documents: {from: eob, key: id, carry: {id: claim}}
  schema:
    paths:
      - {path: status}
      - {path: billablePeriod.start, type: date}
      - {path: item.sequence, type: number}
      - {path: item.productOrService.coding.code, tag: procedure}
      - {path: diagnosis.diagnosisCodeableConcept.coding.code, tag: diagnosis}
      - {path: item.service.coding.code, tag: procedure}
  ignore: [meta, extension, identifier]
output:
  table: lab.eob_lines
  columns:
    - {name: claim, type: text}
    - {name: schema_path, type: text}
    - {name: item_index, type: "int[]"}
    - {name: value, type: text}
    - {name: tag, type: text}
`,
        "sources/eob.yaml": `sources: [{name: eob, file: "${eob}", format: json_lines}]\n`,
      },
      "CREATE SCHEMA lab",
    );
    const result = await w.publish();
    const { counts } = result.transforms[0]!;
    const lines = linesOf(eob) as unknown as Readonly<Record<string, unknown>>[];
    const scalars = (value: unknown): number =>
      typeof value === "object" && value !== null
        ? Object.values(value).reduce((sum: number, one) => sum + scalars(one), 0)
        : 1;
    expect(counts.read).toBe(lines.reduce((sum, line) => sum + scalars(line), 0));
    expect(counts.read).toBe((counts.rows ?? 0) + (counts.rejected ?? 0) + (counts.ignored ?? 0));
    const sequences = lines.flatMap((line) =>
      (line["item"] as { sequence: number }[]).map(({ sequence }, n) => `${line["id"] as string} ${n + 1} ${sequence}`),
    );
    const found = await w.rows(
      "SELECT claim || ' ' || item_index[1] || ' ' || value AS t FROM lab.eob_lines WHERE schema_path = 'item.sequence'",
    );
    expect(found.map((row) => row["t"]).sort()).toEqual(sequences.sort());
  });
});
