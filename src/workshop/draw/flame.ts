/** A CPU profile as a flame graph: who called whom, and how long each was at work. */
import type { CpuProfile } from "../measure/profile.ts";
import { drawing, element, text, title } from "./svg.ts";

interface Frame {
  readonly name: string;
  readonly kind: Kind;
  /** Microseconds, with all that it called. */
  readonly total: number;
  readonly children: readonly Frame[];
}

type Kind = "own" | "driver" | "node" | "engine";

const WIDTH = 1200;
const MARGIN = 20;
const ROW = 19;
const TOP = 84;
/** Nothing narrower is drawn. */
const LEAST = 0.6;
const CHARACTER = 6.3;

const STYLE =
  ".own{fill:#e8833a}.driver{fill:#4f9bd0}.node{fill:#a9b4be}.engine{fill:#c9a227}" +
  ".flame rect{stroke:var(--paper);stroke-width:.6}.flame text{font-size:11px;fill:#14181c}";

export function drawFlame(profile: CpuProfile, heading: string): string {
  const { root, waited } = framesOf(profile);
  const by = (WIDTH - 2 * MARGIN) / Math.max(1, root.total);
  const levels = depth(root, by);
  const bottom = TOP + levels * ROW;
  const boxes: string[] = [];
  const draw = (frame: Frame, x: number, level: number): void => {
    const width = frame.total * by;
    if (width < LEAST) return;
    const y = bottom - (level + 1) * ROW;
    const share = ((100 * frame.total) / root.total).toFixed(1);
    const words = frame.name.slice(0, Math.max(0, Math.floor((width - 8) / CHARACTER)));
    boxes.push(
      element(
        "rect",
        { x, y, width, height: ROW, class: frame.kind },
        title(`${frame.name}: ${milliseconds(frame.total)}, ${share} %`),
      ),
      ...(words.length > 2 ? [text(x + 4, y + 13.5, words)] : []),
    );
    let at = x;
    for (const child of frame.children) {
      draw(child, at, level + 1);
      at += child.total * by;
    }
  };
  draw(root, MARGIN, 0);
  const keys: readonly (readonly [Kind, string])[] = [
    ["own", "the workshop and CTF"],
    ["driver", "the PostgreSQL driver"],
    ["node", "Node.js"],
    ["engine", "garbage collection, V8"],
  ];
  return drawing(
    WIDTH,
    bottom + 16,
    heading,
    [
      text(MARGIN, 32, heading, { class: "head" }),
      text(
        WIDTH - MARGIN,
        32,
        `at work ${milliseconds(root.total)}; waited ${milliseconds(waited)}, which is not drawn`,
        {
          class: "small end",
        },
      ),
      ...keys.flatMap(([kind, words], n) => [
        element("rect", { x: MARGIN + n * 190, y: 50, width: 12, height: 12, rx: 2, class: kind }),
        text(MARGIN + 18 + n * 190, 60, words, { class: "small" }),
      ]),
      element("g", { class: "flame" }, boxes.join("\n")),
    ],
    STYLE,
  );
}

const milliseconds = (microseconds: number): string => `${(microseconds / 1000).toFixed(1)} ms`;

/** Everything but waiting, and how long that was, in microseconds. */
function framesOf({ nodes, samples = [], timeDeltas = [] }: CpuProfile): {
  readonly root: Frame;
  readonly waited: number;
} {
  const own = new Map<number, number>();
  samples.forEach((id, n) => own.set(id, (own.get(id) ?? 0) + Math.max(0, timeDeltas[n] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const isDrawn = (id: number): boolean => {
    const { functionName, url } = byId.get(id)!.callFrame;
    return functionName !== "(idle)" && url !== "node:inspector"; // the profiler is not what was measured
  };
  const frameOf = (id: number): Frame => {
    const { callFrame, children = [] } = byId.get(id)!;
    const frames = children
      .filter(isDrawn)
      .map(frameOf)
      .toSorted((a, b) => b.total - a.total);
    const total = (own.get(id) ?? 0) + frames.reduce((sum, frame) => sum + frame.total, 0);
    const { functionName, url, lineNumber } = callFrame;
    const file = url.split("/").at(-1) ?? "";
    const place = file === "" ? "" : ` (${file}:${lineNumber + 1})`;
    return { name: nameOf(functionName) + place, kind: kindOf(functionName, url), total, children: frames };
  };
  const idle = nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)");
  return { root: frameOf(nodes[0]!.id), waited: idle.reduce((sum, { id }) => sum + (own.get(id) ?? 0), 0) };
}

const nameOf = (functionName: string): string =>
  ({ "(root)": "at work", "": "(a function without a name)" })[functionName] ?? functionName;

function kindOf(functionName: string, url: string): Kind {
  if (functionName === "(root)") return "node";
  if (functionName.startsWith("(")) return "engine";
  if (/node_modules\/(pg|pg-[\w-]+)\//.test(url)) return "driver";
  if (url === "" || url.startsWith("node:") || url.includes("/node_modules/")) return "node";
  return "own";
}

/** Levels that are wide enough to be seen. */
function depth(frame: Frame, by: number): number {
  if (frame.total * by < LEAST) return 0;
  return 1 + Math.max(0, ...frame.children.map((child) => depth(child, by)));
}
