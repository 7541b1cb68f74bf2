/**
 * `ctf test` on a thousand YAML tests of SQL, and on one of them, and `ctf test --structural` on 800 generated transforms,
 * server running and tables there. The yardstick: the start of a command that reads the same project and runs nothing.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureServer } from "../src/warehouse/embedded/server.ts";
import { writeProject } from "./generate_project.ts";
import { measure, print, seconds, type Line, removeProject } from "./measure.ts";

const TRANSFORMS = 100;
const TESTS = 10;

export async function benchTesting(ctf: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
  const server = { root, role: "scratch", major: 18 } as const;
  try {
    writeTests(root);
    await ensureServer(server);
    const run = (args: readonly string[], runs: number) =>
      measure([process.execPath, ctf, "test", ...args], { cwd: root, runs, before: () => {} });
    const start = measure([process.execPath, ctf, "ls", "p"], { cwd: root, runs: 3, before: () => {} });
    run([], 1);
    const all = run([], 3);
    const one = run(["pipelines/p/t7.test.yaml", "-k", "test 3"], 5);
    const lines: Line[] = [
      line(`ctf test, ${TRANSFORMS * TESTS} tests`, all, start, "20 s"),
      line("ctf test, one test", one, start, "0.6 s"),
    ];
    print("Testing (yardstick: ctf ls of the same project)", lines);
  } finally {
    await removeProject(root, server);
  }
}

const TRANSFORMS_TRIED = 800;

/** Cold: nothing is known from the last time. */
export async function benchStructural(ctf: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "ctf-bench-"));
  const server = { root, role: "scratch", major: 18 } as const;
  try {
    writeProject(root, TRANSFORMS_TRIED);
    await ensureServer(server);
    const run = (before: () => void) =>
      measure([process.execPath, ctf, "test", "--structural"], { cwd: root, runs: 3, before });
    const start = measure([process.execPath, ctf, "ls"], { cwd: root, runs: 3, before: () => {} });
    const cold = run(() => rmSync(join(root, ".ctf", "cache", "structural.json"), { force: true }));
    const kept = run(() => {});
    const lines: Line[] = [
      line(`ctf test --structural, ${TRANSFORMS_TRIED} transforms`, cold, start, "15 s"),
      line("the same, nothing changed", kept, start, "3 s"),
    ];
    print("Structural tests (yardstick: ctf ls of the same project)", lines);
  } finally {
    await removeProject(root, server);
  }
}

const line = (what: string, measured: Measured, yardstick: Measured, promised: string): Line => ({
  what,
  measured: `${seconds(measured.seconds)}, ${Math.round(measured.peakMb)} MB`,
  yardstick: seconds(yardstick.seconds),
  ratio: (measured.seconds / yardstick.seconds).toFixed(1),
  promised,
});

type Measured = ReturnType<typeof measure>;

function writeTests(root: string): void {
  const folder = join(root, "pipelines", "p");
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(root, "sources"));
  writeFileSync(join(root, "ctf.yaml"), "ctf: 1\nproject: bench\n");
  writeFileSync(join(folder, "pipeline.yaml"), "description: P\nowners: [us@clover.example]\n");
  writeFileSync(
    join(root, "sources", "raw.yaml"),
    `sources:
  - name: members
    table: raw.members
    columns: [{name: id, type: bigint, not_null: true}, {name: name, type: text}, {name: born, type: date}]
  - name: spans
    table: raw.spans
    columns: [{name: id, type: bigint}, {name: plan, type: text}, {name: span, type: daterange}]
`,
  );
  for (let n = 0; n < TRANSFORMS; n++) {
    writeFileSync(
      join(folder, `t${n}.yaml`),
      `kind: create_table_as
inputs: [{source: members}, {source: spans}]
output:
  table: p.t${n}
  columns:
    - {name: id, type: bigint, not_null: true}
    - {name: month, type: date, not_null: true}
    - {name: plan, type: text}
    - {name: age, type: integer}
  primary_key: [id, month]
  indexes: [{columns: [plan]}]
  constraints: [{name: first_day, check: "extract(day FROM month) = 1"}]
`,
    );
    writeFileSync(
      join(folder, `t${n}.sql`),
      `SELECT m.id, month::date AS month, min(s.plan) AS plan, min(extract(year FROM age(month, m.born))::integer + ${n}) AS age
FROM raw.members AS m
JOIN raw.spans AS s ON s.id = m.id
CROSS JOIN generate_series(date_trunc('month', lower(s.span)::timestamp), upper(s.span)::timestamp, interval '1 month') AS month
GROUP BY m.id, month
`,
    );
    const tests = Array.from({ length: TESTS }, (_, t) => testText(n, t));
    writeFileSync(join(folder, `t${n}.test.yaml`), `tests:\n${tests.join("")}`);
  }
}

const testText = (n: number, t: number): string => `  - name: test ${t}
    given:
      members: [{id: ${t}, born: 1980-01-01}, {id: 99}]
      spans: [{id: ${t}, plan: A, span: "[2018-01-01,2018-02-15)"}]
    expect:
      - {id: ${t}, month: 2018-01-01, age: ${38 + n}}
      - {id: ${t}, month: 2018-02-01, age: ${38 + n}}
`;
