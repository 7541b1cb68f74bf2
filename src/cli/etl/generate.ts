import { eventsOf } from "../../workshop/scenarios/events.ts";
import { ensureTemplate } from "../../workshop/databases.ts";
import { toMicroseconds } from "../../workshop/draw/numbers.ts";
import type { CliContext } from "../context.ts";
import { bytes, counted, duration } from "../terminal/numbers.ts";
import { writeJson } from "../terminal/output.ts";
import { atWork, type CommonFlags, open } from "./opened.ts";

export async function generate(
  context: CliContext,
  asked: string | undefined,
  flags: CommonFlags & { readonly json?: boolean },
): Promise<void> {
  const { dataDir, which } = open(context, asked, flags);
  const { name, documents } = which;
  const { users, forms, submissions } = which.scenario;
  const events = eventsOf(which.scenario);
  await atWork(context, dataDir, async (server) => {
    const { known, seconds, bytes: size } = await ensureTemplate(server, which);
    if (flags.json) {
      const made = known ? null : { seconds: toMicroseconds(seconds) };
      writeJson(context, { scenario: name, documents, users, forms, submissions, events, bytes: size, made });
      return;
    }
    const what = `${counted(users, "user")}, ${counted(forms, "form")}, ${counted(submissions, "submission")} as ${documents}, for ${counted(events, "event")}`;
    const how = known ? "was there already" : `made in ${duration(seconds)}`;
    context.stdout.write(`${name}: ${what}; ${how}, ${bytes(size)}.\n`);
  });
}
