import { spawnSync } from "node:child_process";
import { gap, type Value } from "../../project/write/yaml_text.ts";

/** Who answers for a new definition: the e-mail address that git knows, or a gap. */
export function ownersFrom(cwd: string, env: Readonly<Record<string, string | undefined>>): Value {
  const { stdout } = spawnSync("git", ["config", "user.email"], { cwd, env: { ...env }, encoding: "utf8" });
  const email = stdout?.trim();
  return email ? [email] : gap("[an e-mail address or a team]: who answers for it?");
}
