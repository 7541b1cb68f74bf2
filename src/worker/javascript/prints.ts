/** What the user's code prints goes to CTF as events. What is written to the descriptors themselves, CTF reads from these. */
import type { Place, WorkerEvent } from "../protocol.ts";

type Print = Extract<WorkerEvent, { type: "print" }>;

/** A longer line goes in pieces. */
const LONGEST = 1 << 16;

/** Takes over stdout and stderr. Gives what sends lines that have no end yet. */
export function takePrints(send: (event: Print) => void, here: () => Place | undefined): () => void {
  const flushes = (["stdout", "stderr"] as const).map((stream) => {
    let line = "";
    const emit = (text: string, place?: Place): void => send({ type: "print", stream, text, ...(place && { place }) });
    const write = (chunk: Uint8Array | string, ...more: readonly unknown[]): boolean => {
      const lines = (line + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"))).split("\n");
      line = lines.pop()!;
      if (line.length > LONGEST) lines.push(line.slice(0, LONGEST), (line = line.slice(LONGEST)));
      const place = lines.length > 0 ? here() : undefined;
      for (const one of lines) emit(one, place);
      const done = more.find((one) => typeof one === "function");
      if (done) process.nextTick(done as () => void);
      return true;
    };
    process[stream].write = write;
    return () => {
      if (line !== "") emit(line);
      line = "";
    };
  });
  return () => {
    for (const flush of flushes) flush();
  };
}
