import type { Coverage } from "../../testing/coverage/coverage.ts";
import type { Style } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";

/** What has no test, a line for each transform, and how much has one. */
export function coverageLines(
  { open, covered, things, percent }: Coverage,
  style: Style,
  width?: number,
): readonly string[] {
  // Few projects have functions.
  const hasFunctions = open.some(({ functions }) => functions.length > 0);
  const columns = [
    { title: "transform" },
    { title: "tests" },
    { title: "columns without", min: 12 },
    ...(hasFunctions ? [{ title: "functions without", min: 10 }] : []),
    { title: "ctes without", min: 8 },
    { title: "monitors without", min: 10 },
  ];
  const rows = open.map(({ id, untested, columns, functions, ctes, monitors }) => [
    id,
    untested ? style.red("none") : "",
    columns,
    ...(hasFunctions ? [functions] : []),
    ctes,
    monitors,
  ]);
  const total = `${percent}% has a test: ${covered} of ${things} transforms, columns, functions, CTEs and monitors.`;
  return [...(rows.length > 0 ? [...table(columns, rows, style, width), ""] : []), total];
}
