/** A kind from outside the tree works in every room, and no room but kinds/ knows a kind by its name. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { makePlan } from "../../src/plan/make.ts";
import type { Kind } from "../../src/plan/kind.ts";
import { check, lines } from "../support/files.ts";

/** Promises that a table is there, and how fresh it is. */
const toy: Kind = {
  name: "promise",
  summary: "promises a table",
  documentation: "A toy.",
  schema: async () => z.strictObject({ fresh_within: z.string().describe("How old it may be.") }),
  outputs: ["table"],
  severalOutputs: false,
  mayReadItself: true,
  columnsOptional: true,
  plan: (transform) => ({
    type: "verify_outputs",
    outputs: transform.outputs.filter((output) => output.type === "table"),
  }),
};
const withToy = new Map([...kinds, ["promise", toy]]);

test("a kind is its own syntax, checks and plan", async () => {
  const yaml = "kind: promise\nfresh_within: 1 day\ninputs:\n  - transform: days\noutput: {table: claims.days}\n";
  const { project, diagnostics } = await check({ "pipelines/claims/days.yaml": yaml }, withToy);
  expect(lines(diagnostics)).toEqual([]);
  expect(project.transforms[0]).toMatchObject({ id: "claims.days", kind: "promise", spec: { fresh_within: "1 day" } });

  const request = { ids: ["claims.days"], description: "", target: "local", variables: {}, readCode: () => "" };
  const { plan } = await makePlan(project, withToy, request);
  expect(plan.transforms[0]).toMatchObject({ kind: "promise", action: { type: "verify_outputs" } });
});

test("its keys are checked, and it is suggested like the others", async () => {
  const { diagnostics } = await check(
    {
      "pipelines/claims/a.yaml": "kind: promise\nfresh_witin: 1 day\noutput: {table: claims.a}\n",
      "pipelines/claims/b.yaml": "kind: promis\noutput: {table: claims.b}\n",
    },
    withToy,
  );
  expect(lines(diagnostics)).toEqual([
    'pipelines/claims/a.yaml:2:1 CTF101 unknown key "fresh_witin" → Did you mean "fresh_within"?',
    'pipelines/claims/b.yaml:1:7 CTF105 there is no kind "promis" → Did you mean promise?',
  ]);
});

/** `ctf adopt` writes definitions, and has to say of which kind they are; it asks of none. */
const WRITES_DEFINITIONS = /^cli\/authoring\/adopt\.ts$/;
/** There a statement of SQL is meant. */
const PIECES = /^(sql\/pieces|library)\//;

test("no other room asks which kind it is", () => {
  const src = join(import.meta.dirname, "../../src");
  // "sql" and "load" are also words of their own: a key, an ending; so they count only where a kind is compared.
  const quoted = [...kinds.keys()].filter((name) => name.includes("_") || name === "upsert").join("|");
  const anyKind = [...kinds.keys()].join("|");
  const named = new RegExp(
    `["'\`](${quoted})["'\`]|kind\\)? ?[!=]==? ["'\`](${anyKind})["'\`]|case ["'\`](${quoted})["'\`]`,
  );
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.startsWith("kinds/"),
  );
  const code = (file: string) => readFileSync(join(src, file), "utf8").replace(/^ *(\/\*)?\*.*|\/\/.*/gm, "");
  const guilty = files.filter((file) => !WRITES_DEFINITIONS.test(file) && !PIECES.test(file) && named.test(code(file)));
  expect(guilty).toEqual([]);
});
