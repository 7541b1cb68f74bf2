import { ensureLast, ensureTemplate, urlOf } from "../../workshop/databases.ts";
import type { CliContext } from "../context.ts";
import { openPrompt } from "../prompt/open.ts";
import { atWork, type CommonFlags, open } from "./opened.ts";

export async function psql(
  context: CliContext,
  scenario: string,
  flags: CommonFlags & { readonly command?: string },
): Promise<void> {
  const { dataDir, which } = open(context, scenario, flags);
  await atWork(context, dataDir, async (server) => {
    await ensureTemplate(server, which);
    const url = urlOf(server, await ensureLast(server, which));
    const command = flags.command === undefined ? {} : { command: flags.command };
    context.setExitCode(await openPrompt(context, { url, variables: {}, ...command, root: dataDir }));
  });
}
