/** The fewest rows of a file that show a finding, as a test in YAML: an item of `tests:`. */
import { itemText } from "../../judge/row_text.ts";
import { type OutputRows, RowsRefused } from "../trying/outcome.ts";
import { withoutAny } from "../finding/shrink.ts";
import type { LoadProblem } from "./checks/check.ts";
import type { LoadStage, MadeRow } from "./load_stage.ts";
import { lossOf } from "./loss.ts";

/** A try takes a fraction of a second: for others rows that are not quite the smallest will do. */
const LONGEST_MS = 10_000;
/** A test with more than these is nothing to read. */
const MOST_ROWS = 6;

/** Undefined where no few rows show it. */
export async function smallestTest(
  stage: LoadStage,
  name: string,
  { sort, loss }: NonNullable<LoadProblem["witness"]>,
): Promise<string | undefined> {
  const made = (await stage.rows(sort))!;
  const end = performance.now() + LONGEST_MS;
  const shows = async (rows: readonly MadeRow[]): Promise<boolean> =>
    rows.length > 0 && performance.now() < end && (await lossOf(stage, sort, rows))?.sort === loss.sort;
  const rows = await withoutAny(made.rows, shows);
  if (rows.length > MOST_ROWS) return undefined;
  const { columns, names } = await namesOf(stage);
  const [expected] = await stage.inserted(made, rows).catch(unlessRefused);
  return [
    `- name: ${name}`,
    "  given:",
    `    ${stage.subject.source.sourceName}:`,
    `      file: ${JSON.stringify(names[0])}`,
    "      rows:",
    ...rows.map(({ brought }) => `        - ${itemText(columns, brought)}`),
    ...(expected
      ? ["  expect:", ...expected.rows.map((cells) => `    - ${itemText(columns, cells)}`)]
      : ["  expect: []  # what should come out"]),
    "",
  ].join("\n");
}

/** What the table itself does not take only its author can say something of. */
function unlessRefused(error: unknown): readonly OutputRows[] {
  if (error instanceof RowsRefused) return [];
  throw error;
}

async function namesOf(stage: LoadStage) {
  const { writer, names } = (await stage.known())!;
  return { columns: writer.columns, names };
}
