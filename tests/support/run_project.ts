import { expect } from "vitest";
import type { RunResult } from "../../src/run/events.ts";
import { runCtf } from "./cli.ts";

/** What tells of rejects that are allowed: of files, and of documents. */
const ALLOWED = /^CTF(831|880)$/;

/** `ctf run …` that has to succeed: what came of it. A failure shows each transform's problems. */
export async function runProject(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<RunResult> {
  const { code, stdout, stderr } = await runCtf(["run", ...args, "--json"], options);
  const last = stdout.trimEnd().split("\n").at(-1);
  if (!last) throw new Error(`ctf run ended with ${code} and no event: ${stderr}`);
  const { result } = JSON.parse(last) as { readonly result: RunResult };
  const problems = result.transforms.flatMap((t) =>
    t.diagnostics.filter(({ code }) => !ALLOWED.test(code)).map((d) => `${t.id}: ${d.code} ${d.message}`),
  );
  expect(problems).toEqual([]);
  expect({ code, status: result.status }).toEqual({ code: 0, status: "succeeded" });
  return result;
}
