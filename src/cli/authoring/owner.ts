import { spawnSync } from "node:child_process";
import { type Entry, gap } from "../../project/write/yaml_text.ts";

/**
 * Who answers for a new definition: the e-mail address that git knows; nothing where git knows none and the definition has
 * owners already, those of its pipeline; or a gap.
 */
export function ownersEntry(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  inherited: readonly string[] = [],
): readonly Entry[] {
  const { stdout } = spawnSync("git", ["config", "user.email"], { cwd, env: { ...env }, encoding: "utf8" });
  const email = stdout?.trim();
  if (email) return [["owners", [email]]];
  return inherited.length > 0 ? [] : [["owners", gap("[an e-mail address or a team]: who answers for it?")]];
}
