import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findCycles } from "../../src/graph/cycles.ts";
import { buildGraph } from "../../src/graph/graph.ts";
import { topologicalOrder } from "../../src/graph/order.ts";
import { findPipelineCycles, pipelineOrder } from "../../src/graph/pipelines.ts";
import { projectOf } from "./projects.ts";

const graphOf = (reads: Readonly<Record<string, string>>) => buildGraph(projectOf(reads));

describe("buildGraph", () => {
  test("has edges between transforms that exist, once each, and none to itself", () => {
    const graph = graphOf({ "p.a": "", "p.b": "p.a p.a p.b p.gone [calendar]", "q.c": "p.b" });
    expect(graph.ids).toEqual(["p.a", "p.b", "q.c"]);
    expect([...graph.upstream]).toEqual([
      ["p.a", []],
      ["p.b", ["p.a"]],
      ["q.c", ["p.b"]],
    ]);
    expect([...graph.downstream]).toEqual([
      ["p.a", ["p.b"]],
      ["p.b", ["q.c"]],
      ["q.c", []],
    ]);
  });
});

describe("topologicalOrder", () => {
  test.each<[string, Record<string, string>, string[]]>([
    ["empty", {}, []],
    ["by pipeline, then name, among the ready", { "q.a": "", "p.z": "", "p.b": "" }, ["p.b", "p.z", "q.a"]],
    ["a pipeline's name sorts before its dot", { "a-b.x": "", "a.x": "", "a_b.x": "" }, ["a.x", "a-b.x", "a_b.x"]],
    ["inputs first", { "p.a": "p.z", "p.z": "", "p.b": "p.a" }, ["p.z", "p.a", "p.b"]],
    ["a cycle starts with its first", { "p.a": "p.b", "p.b": "p.a", "p.c": "p.b" }, ["p.a", "p.b", "p.c"]],
  ])("%s", (_, reads, order) => {
    expect(topologicalOrder(graphOf(reads))).toEqual(order);
  });

  test("holds every id once, each after its inputs, and is the least such order", () => {
    fc.assert(
      fc.property(acyclic(), (reads) => {
        const graph = graphOf(reads);
        const order = topologicalOrder(graph);
        const place = new Map(order.map((id, i) => [id, i]));
        expect([...order].sort()).toEqual(Object.keys(reads).sort());
        for (const [id, above] of graph.upstream) {
          for (const input of above) expect(place.get(input)!).toBeLessThan(place.get(id)!);
        }
        order.forEach((id, i) => {
          const done = new Set(order.slice(0, i));
          const ready = graph.ids.filter(
            (other) => !done.has(other) && graph.upstream.get(other)!.every((u) => done.has(u)),
          );
          expect(id).toBe(ready[0]);
        });
      }),
    );
  });
});

describe("findCycles", () => {
  test.each<[string, Record<string, string>, string[][]]>([
    ["none", { "p.a": "", "p.b": "p.a" }, []],
    ["a transform that reads itself is none", { "p.a": "p.a" }, []],
    ["in the direction of the data", { "p.a": "p.c", "p.b": "p.a", "p.c": "p.b" }, [["p.a", "p.b", "p.c"]]],
    ["the shortest", { "p.a": "p.c p.b", "p.b": "p.a", "p.c": "p.b" }, [["p.a", "p.b"]]],
    [
      "one for each knot",
      { "p.a": "p.b", "p.b": "p.a", "p.c": "p.b", "q.a": "q.b p.c", "q.b": "q.a" },
      [
        ["p.a", "p.b"],
        ["q.a", "q.b"],
      ],
    ],
  ])("%s", (_, reads, cycles) => {
    expect(findCycles(graphOf(reads))).toEqual(cycles);
  });

  test("deep and long graphs do not overflow the stack", () => {
    const chain: Record<string, string> = {};
    for (let i = 0; i < 50_000; i++) chain[`p.t${i}`] = i === 0 ? "" : `p.t${i - 1}`;
    expect(findCycles(graphOf(chain))).toEqual([]);
    expect(findCycles(graphOf({ ...chain, "p.t0": "p.t49999" }))[0]).toHaveLength(50_000);
  });

  test("there is a cycle exactly where there is no order", () => {
    fc.assert(
      fc.property(anyGraph(), (reads) => {
        const graph = graphOf(reads);
        const place = new Map(topologicalOrder(graph).map((id, i) => [id, i]));
        const ordered = [...graph.upstream].every(([id, above]) => above.every((u) => place.get(u)! < place.get(id)!));
        const cycles = findCycles(graph);
        expect(cycles.length === 0).toBe(ordered);
        for (const cycle of cycles) {
          expect(new Set(cycle).size).toBe(cycle.length);
          cycle.forEach((id, i) => expect(graph.downstream.get(id)).toContain(cycle[(i + 1) % cycle.length]));
        }
      }),
    );
  });
});

describe("pipelines", () => {
  test("come after those they read", () => {
    expect(pipelineOrder(projectOf({ "a.x": "c.x", "b.x": "", "c.x": "b.x" }))).toEqual(["b", "c", "a"]);
  });

  test("that wait for each other are found though no transform waits for itself", () => {
    const project = projectOf({ "a.one": "", "b.one": "a.one", "a.two": "b.one" });
    expect(findCycles(buildGraph(project))).toEqual([]);
    expect(findPipelineCycles(project)).toEqual([
      {
        pipelines: ["a", "b"],
        edges: [
          { from: "a.one", to: "b.one" },
          { from: "b.one", to: "a.two" },
        ],
      },
    ]);
  });

  test("in one direction are no cycle", () => {
    expect(findPipelineCycles(projectOf({ "a.one": "", "b.one": "a.one", "a.two": "a.one" }))).toEqual([]);
  });
});

/** Up to 12 transforms in up to 3 pipelines; each reads some of those before it. */
function acyclic() {
  return fc
    .array(fc.record({ pipeline: fc.constantFrom("p", "q", "r"), above: fc.array(fc.nat(11), { maxLength: 4 }) }), {
      maxLength: 12,
    })
    .map((nodes) => {
      const ids = nodes.map(({ pipeline }, i) => `${pipeline}.t${(i * 7) % 12}`);
      return Object.fromEntries(
        nodes.map(({ above }, i) => [
          ids[i]!,
          above
            .filter((j) => j < i)
            .map((j) => ids[j]!)
            .join(" "),
        ]),
      );
    });
}

function anyGraph() {
  const id = fc.nat(7).map((n) => `p.t${n}`);
  return fc.dictionary(
    id,
    fc.array(id, { maxLength: 3 }).map((inputs) => inputs.join(" ")),
    { maxKeys: 8 },
  );
}
