/** A project with one python transform, `p.t`, that makes `lab.t`. */
import type { Files } from "../support/files.ts";
import { pythonProject } from "../support/python.ts";
import type { TestMajor } from "../support/servers.ts";
import { warehouse, type Warehouse } from "../support/warehouse.ts";

export interface World {
  readonly code: string;
  readonly columns: Readonly<Record<string, string>>;
  /** Statements before the run; schema lab is there. */
  readonly setup?: string;
  /** Sources by name: their tables. */
  readonly reads?: readonly string[];
  readonly more?: Files;
  /** Further keys of the definition. */
  readonly top?: string;
}

export const definitionOf = ({ columns, reads = [], top = "" }: Omit<World, "code">): string =>
  [
    "kind: python",
    ...(top ? [top] : []),
    `inputs: [${reads.map((name) => `{source: ${name}}`).join(", ")}]`,
    "output:",
    "  table: lab.t",
    "  columns:",
    ...Object.entries(columns).map(([name, type]) => `    - {name: ${name}, type: "${type}"}`),
    "",
  ].join("\n");

export async function world(major: TestMajor, given: World): Promise<Warehouse> {
  const { code, setup = "", reads = [], more = {} } = given;
  const sources = reads.map((name) => `  - {name: ${name}, table: lab.${name}}\n`).join("");
  return warehouse(
    major,
    {
      "./ctf.yaml": pythonProject(),
      ...(reads.length > 0 && { "sources/lab.yaml": `sources:\n${sources}` }),
      "t.yaml": definitionOf(given),
      "t.py": code,
      ...more,
    },
    `CREATE SCHEMA lab; ${setup}`,
  );
}
