import type { Coverage } from "../../testing/coverage.ts";
import { counted } from "../numbers.ts";
import type { Style } from "../style.ts";
import { table } from "../table.ts";

/** What has no test, a line for each transform, and how much has one. */
export function coverageLines(
  { open, covered, things, percent }: Coverage,
  style: Style,
  width?: number,
): readonly string[] {
  const columns = [
    { title: "transform" },
    { title: "tests" },
    { title: "columns without", min: 12 },
    { title: "ctes without", min: 8 },
    { title: "monitors without" },
  ];
  const rows = open.map(({ id, untested, columns, ctes, monitors }) => [
    id,
    untested ? style.red("none") : "",
    columns,
    ctes,
    monitors === 0 ? "" : counted(monitors, "monitor"),
  ]);
  const total = `${percent}% has a test: ${covered} of ${things} transforms, columns, CTEs and monitors.`;
  return [...(rows.length > 0 ? [...table(columns, rows, style, width), ""] : []), total];
}
