import { symlinkSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildGraph } from "../../src/graph/graph.ts";
import { select, type SelectionRequest } from "../../src/graph/select.ts";
import type { Project } from "../../src/project/types.ts";
import { scratchProject } from "../support/project.ts";
import { projectOf } from "./projects.ts";

//   members.raw ─► members.clean ─────────────┐
//                                              ▼
//   enrollment.load ─► enrollment.spans ─► enrollment.months ─► enrollment.active
//                              └─► enrollment.gaps                 └─► claims.costs
const project = projectOf({
  "members.raw": "[members_file]",
  "members.clean": "members.raw",
  "enrollment.load": "[coverage_file]",
  "enrollment.spans": "enrollment.load",
  "enrollment.months": "enrollment.spans members.clean [calendar]",
  "enrollment.gaps": "enrollment.spans",
  "enrollment.active": "enrollment.months",
  "claims.costs": "enrollment.active",
  "claims.spans": "",
});

type Request = Omit<SelectionRequest, "cwd"> & { readonly cwd?: string };

function selected(request: Request, of: Project = project) {
  const found = select(of, buildGraph(of), { cwd: "/project", ...request });
  if (!("ids" in found)) throw new Error(found.map((d) => `${d.code} ${d.message}`).join("\n"));
  return found;
}

function refused(request: Request, of: Project = project): string {
  const found = select(of, buildGraph(of), { cwd: "/project", ...request });
  if ("ids" in found) throw new Error(`selected ${found.ids.join(" ")}`);
  return found.map((d) => `${d.code} ${d.message} | ${d.hint}`).join("\n");
}

describe("what is selected", () => {
  test.each<[string, Request, string, string]>([
    [
      "a pipeline",
      { pipeline: "enrollment" },
      "enrollment.load enrollment.spans enrollment.gaps enrollment.months enrollment.active",
      "enrollment",
    ],
    [
      "from a start on, in its pipeline",
      { pipeline: "enrollment", start: "spans" },
      "enrollment.spans enrollment.gaps enrollment.months enrollment.active",
      "enrollment from spans",
    ],
    [
      "up to an end, in its pipeline",
      { pipeline: "enrollment", end: "months" },
      "enrollment.load enrollment.spans enrollment.months",
      "enrollment to months",
    ],
    [
      "between the two",
      { pipeline: "enrollment", start: "spans.sql", end: "active.sql" },
      "enrollment.spans enrollment.months enrollment.active",
      "enrollment from spans to active",
    ],
    [
      "a start that is the end",
      { pipeline: "enrollment", start: "gaps", end: "gaps" },
      "enrollment.gaps",
      "enrollment from gaps to gaps",
    ],
    [
      "only some, in order",
      { only: ["months", "members.raw"] },
      "enrollment.months members.raw",
      "only enrollment.months, members.raw",
    ],
    ["a start that says its pipeline", { start: "members.raw" }, "members.raw members.clean", "members from raw"],
    [
      "upstream adds what other pipelines build first, and nothing of its own",
      { pipeline: "enrollment", start: "months", end: "active", upstream: true },
      "members.raw members.clean enrollment.months enrollment.active",
      "enrollment from months to active, with what other pipelines build first",
    ],
    [
      "upstream climbs all the way",
      { only: ["claims.costs"], upstream: true },
      "enrollment.load enrollment.spans members.raw members.clean enrollment.months enrollment.active claims.costs",
      "only claims.costs, with what other pipelines build first",
    ],
    ["the pipeline that one stands in", { cwd: "/project/pipelines/members" }, "members.raw members.clean", "members"],
    ["a pipeline as the shell completes it", { pipeline: "members/" }, "members.raw members.clean", "members"],
    ["a pipeline by its folder", { pipeline: "pipelines/members/" }, "members.raw members.clean", "members"],
  ])("%s", (_, request, ids, description) => {
    const selection = selected(request);
    expect(selection.ids.join(" ")).toBe(sorted(ids));
    expect(selection.description).toBe(description);
  });

  test("everything", () => {
    expect(selected({ all: true }).ids).toHaveLength(project.transforms.length);
  });
});

/** Tables above are written as one thinks of them; the order itself is tested in graph.test.ts. */
function sorted(ids: string): string {
  const wanted = new Set(ids.split(" "));
  return selected({ all: true })
    .ids.filter((id) => wanted.has(id))
    .join(" ");
}

describe("names", () => {
  const cwd = "/project/pipelines/enrollment";
  test.each<[string, string, string?]>([
    ["months", "enrollment.months"],
    ["months.sql", "enrollment.months"],
    ["months.yaml", "enrollment.months"],
    ["enrollment.months", "enrollment.months"],
    ["pipelines/enrollment/months.sql", "enrollment.months"],
    ["./pipelines/enrollment/months.yaml", "enrollment.months"],
    ["/project/pipelines/enrollment/months.yaml", "enrollment.months"],
    ["months.sql", "enrollment.months", cwd],
    ["./months.sql", "enrollment.months", cwd],
    ["../members/raw.yaml", "members.raw", cwd],
    ["members.raw", "members.raw", cwd],
    ["spans", "enrollment.spans", cwd],
    ["spans", "claims.spans", "/project/pipelines/claims"],
  ])("%s is %s", (typed, id, from = "/project") => {
    expect(selected({ only: [typed], cwd: from }).ids).toEqual([id]);
  });

  test("a code file of another name, or one that several share", () => {
    const [a, b, c] = projectOf({ "p.a": "", "p.b": "", "p.c": "" }).transforms;
    const shared: Project = {
      ...projectOf({ "p.a": "" }),
      transforms: [a!, { ...b!, codeFile: "pipelines/p/a.sql" }, { ...c!, codeFile: "pipelines/p/other.sql" }],
    };
    expect(selected({ pipeline: "p", only: ["other.sql"] }, shared).ids).toEqual(["p.c"]);
    expect(selected({ only: ["pipelines/p/a.sql"] }, shared).ids).toEqual(["p.a"]);
  });
});

test("a path through a link to the project, or to a folder above it, is that of the file", () => {
  const { root, remove } = scratchProject({ "project/pipelines/p/a.yaml": "", "project/pipelines/q/b.yaml": "" });
  symlinkSync(join(root, "project"), join(root, "direct"));
  symlinkSync(root, join(root, "above"));
  const linked = { ...projectOf({ "p.a": "", "q.b": "" }), root: join(root, "project") };
  const ids = (request: Request) => selected(request, linked).ids;
  expect(ids({ only: [join(root, "direct/pipelines/p/a.yaml")] })).toEqual(["p.a"]);
  expect(ids({ only: ["../direct/pipelines/p/a.yaml"], cwd: join(root, "project") })).toEqual(["p.a"]);
  expect(ids({ pipeline: join(root, "above/project/pipelines/q/") })).toEqual(["q.b"]);
  expect(ids({ only: ["b.yaml"], cwd: join(root, "above/project/pipelines/q") })).toEqual(["q.b"]);
  remove();
});

describe("what is refused", () => {
  test.each<[string, Request, RegExp]>([
    [
      "a misspelt transform",
      { pipeline: "enrollment", start: "month.sql" },
      /CTF401 .*month\.sql in pipeline enrollment .*Did you mean months\?/,
    ],
    ["a misspelt id", { only: ["enrolment.months"] }, /CTF401 .*Did you mean enrollment\.months\?/],
    ["an unknown transform", { only: ["zzzzzzzz"] }, /CTF401 .*"ctf ls" lists/],
    ["a misspelt pipeline", { pipeline: "enrolment" }, /CTF402 .*Did you mean enrollment\?/],
    ["a transform for a pipeline", { pipeline: "months.sql" }, /CTF402 .*ctf run --only enrollment\.months/],
    ["a pipeline for a transform", { only: ["members"] }, /CTF401 .*"ctf ls members" lists/],
    ["an unknown pipeline", { pipeline: "zzzzzzzzz" }, /CTF402 .*The project has claims, enrollment, members\./],
    ["a name in two pipelines", { only: ["spans"] }, /CTF403 spans could be enrollment\.spans or claims\.spans/],
    [
      "a transform of another pipeline",
      { pipeline: "enrollment", start: "raw" },
      /CTF404 raw is in pipeline members, not in enrollment .*ctf run members --only raw/,
    ],
    [
      "an end that can't be reached",
      { pipeline: "enrollment", start: "gaps", end: "active" },
      /CTF405 active can't be reached from gaps.*Neither depends/,
    ],
    [
      "ends the wrong way round",
      { pipeline: "enrollment", start: "active", end: "spans" },
      /CTF405 .*-s spans -e active/,
    ],
    [
      "ends in two pipelines",
      { start: "members.raw", end: "enrollment.active" },
      /CTF405 .*ctf run enrollment -e active --upstream/,
    ],
    ["all and more", { all: true, pipeline: "members" }, /CTF406 .*members/],
    ["only and a start", { only: ["members.raw"], start: "months" }, /CTF406 --only/],
    ["nothing", {}, /CTF407 .*"ctf run claims".*"ctf run --all"/],
    ["several at once, all told", { only: ["mounths", "gabs"] }, /CTF401 .*months\?\nCTF401 .*gaps\?/],
  ])("%s", (_, request, expected) => {
    expect(refused(request)).toMatch(expected);
  });

  test("a pipeline or project without transforms", () => {
    const empty: Project = { ...project, transforms: [] };
    expect(refused({ pipeline: "members" }, empty)).toMatch(/CTF407 pipeline members has no transforms yet/);
    expect(refused({ all: true }, empty)).toMatch(/CTF407 the project has no transforms yet/);
    expect(refused({ pipeline: "p" }, { ...empty, pipelines: [] })).toMatch(/CTF402 .*ctf start pipeline p/);
  });
});

describe("for any graph", () => {
  const graphs = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { minLength: 1, maxLength: 10 }).map((above) => {
    const reads = above.map((inputs, i) => inputs.filter((j) => j < i).map((j) => `p.t${j}`));
    return projectOf(Object.fromEntries(reads.map((inputs, i) => [`p.t${i}`, inputs.join(" ")])));
  });
  const pick = fc.nat(9);

  /** Every path between two transforms, followed one edge at a time. */
  function onPaths(of: Project, start: string, end: string): ReadonlySet<string> {
    const { downstream } = buildGraph(of);
    const found = new Set<string>();
    const walk = (path: readonly string[]): void => {
      const last = path.at(-1)!;
      if (last === end) for (const id of path) found.add(id);
      for (const next of downstream.get(last)!) walk([...path, next]);
    };
    walk([start]);
    return found;
  }

  test("a start and an end select what is on a path between them, and nothing else", () => {
    fc.assert(
      fc.property(graphs, pick, pick, (of, i, j) => {
        const n = of.transforms.length;
        const start = `p.t${i % n}`;
        const end = `p.t${j % n}`;
        const expected = onPaths(of, start, end);
        const found = select(of, buildGraph(of), { cwd: "/project", start, end });
        if (expected.size === 0) {
          expect("ids" in found).toBe(false);
          const back = onPaths(of, end, start).size > 0;
          expect(JSON.stringify(found).includes("other way round")).toBe(back);
        } else {
          expect("ids" in found && new Set(found.ids)).toEqual(expected);
        }
      }),
    );
  });

  test("a start selects all that some path leads to, an end all that a path leads from", () => {
    fc.assert(
      fc.property(graphs, pick, (of, i) => {
        const ids = of.transforms.map((t) => t.id);
        const one = ids[i % ids.length]!;
        expect(new Set(selected({ start: one }, of).ids)).toEqual(
          new Set(ids.filter((id) => onPaths(of, one, id).size > 0)),
        );
        expect(new Set(selected({ end: one }, of).ids)).toEqual(
          new Set(ids.filter((id) => onPaths(of, id, one).size > 0)),
        );
      }),
    );
  });
});
