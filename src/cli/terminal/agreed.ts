import { createInterface } from "node:readline/promises";
import { cannotAsk } from "../codes.ts";
import { type CliContext, UsageError } from "../context.ts";

/** Whether the person at the terminal types yes. @throws UsageError where there is none */
export async function agreed({ stdin, stderr }: CliContext, question: string): Promise<boolean> {
  if (!stdin.isTTY) {
    const hint = "Say --yes to drop what is listed.";
    throw new UsageError([cannotAsk({ message: "there is no terminal to ask on", hint })]);
  }
  const asking = createInterface({ input: stdin, output: stderr });
  try {
    return (await asking.question(question)).trim().toLowerCase() === "yes";
  } finally {
    asking.close();
  }
}
