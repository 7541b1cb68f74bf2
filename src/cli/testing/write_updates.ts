import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { updateExpectations } from "../../testing/judge/update.ts";
import type { Verdict } from "../../testing/verdict.ts";
import type { CliContext } from "../context.ts";
import { counted } from "../terminal/numbers.ts";

/** Writes what came out into the files, and says which tests that was, and which it could not be. */
export function writeUpdates(context: CliContext, root: string, verdicts: readonly Verdict[]): void {
  const failed = verdicts.filter(({ failures }) => failures.length > 0);
  const files = new Set(failed.map(({ test }) => test.file));
  let done = 0;
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8");
    const updated = updateExpectations(
      text,
      failed.filter(({ test }) => test.file === file),
    );
    if (updated.text !== text) writeFileSync(join(root, file), updated.text);
    done += updated.done.length;
  }
  if (failed.length === 0) return;
  const left = failed.length - done;
  const rest = left > 0 ? ` ${counted(left, "test")} can't be: nothing there is a matter of rows written out.` : "";
  context.stderr.write(`${counted(done, "expectation")} written anew: look at them before you commit.${rest}\n`);
}
