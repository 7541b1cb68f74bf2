import { eventsOf } from "../../workshop/scenarios/events.ts";
import { ensureTemplate } from "../../workshop/databases.ts";
import type { CliContext } from "../context.ts";
import { bytes, counted, duration } from "../terminal/numbers.ts";
import { atWork, type CommonFlags, open } from "./opened.ts";

export async function generate(context: CliContext, scenario: string, flags: CommonFlags): Promise<void> {
  const { dataDir, which } = open(context, scenario, flags);
  await atWork(context, dataDir, async (server) => {
    const { known, seconds, bytes: size } = await ensureTemplate(server, which);
    const { users, forms, submissions } = which.scenario;
    const what = `${counted(users, "user")}, ${counted(forms, "form")}, ${counted(submissions, "submission")} as ${which.documents}, for ${counted(eventsOf(which.scenario), "event")}`;
    const how = known ? "was there already" : `made in ${duration(seconds)}`;
    context.stdout.write(`${scenario}: ${what}; ${how}, ${bytes(size)}.\n`);
  });
}
