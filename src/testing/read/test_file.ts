/** The file of tests that is being read: what its names can mean, where things stand, and what is wrong so far. */
import type { Diagnostic, Span } from "../../diagnostics/diagnostic.ts";
import type { MapNode, Node } from "../../project/yaml/places.ts";
import type { Path, Problem } from "../../project/problem.ts";
import type { LoadedFactories } from "../../project/rows/factories.ts";
import type { Project } from "../../project/types.ts";
import type { TestNames } from "./names.ts";

export type Factories = ReturnType<LoadedFactories["of"]>;

export interface TestFile {
  readonly project: Project;
  readonly names: TestNames;
  readonly factories: Factories;
  /** From the project's root. */
  readonly file: string;
  readonly pipeline: string;
  readonly text: string;
  readonly find: (path: Path, at?: "key" | "value") => Span;
  /** Grows as the file is read. */
  readonly problems: Diagnostic[];
  /** Adds one by its path in the file. */
  readonly tell: (problem: Problem) => void;
}

export const childOf = (node: MapNode, key: string): Node | undefined =>
  node.pairs.find((pair) => pair.key.type === "scalar" && pair.key.text === key)?.value;
