/**
 * Calls a person's function in JavaScript or TypeScript, in a process of its own that holds no credentials and no connection
 * to PostgreSQL. It serves one call: what the code leaves behind, on `globalThis` or in a package, is gone with it.
 */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { copied, copyText } from "../../files/text.ts";
import { wholeLines } from "../../files/whole_lines.ts";
import type { CallCommand } from "../protocol.ts";
import { standStill } from "./clock.ts";
import { openConnection, type Connection } from "./connection.ts";
import { Failure, failureOf, thrownIn } from "./failure.ts";
import { EverDeeper, type MapNode, mapDocument, MOST_LEVELS, Refused } from "./map_documents.ts";
import { keepPlaces, userCode } from "./places.ts";
import { takePrints } from "./prints.ts";
import { functionOf, loadModule, placeOf } from "./user_module.ts";
import { dieWith } from "./watch.ts";

/** Milliseconds between two reports. */
const PROGRESS = 1000;

const path = process.argv[2]!;
await dieWith(path);
process.on("SIGINT", () => {}); // Ctrl-C reaches the whole terminal; CTF decides what becomes of a worker
keepPlaces();
// What a person's code leaves running may fail at any time. Outside the call it concerns nobody.
let leftRunning: ((error: unknown) => void) | undefined;
process.on("uncaughtException", (error) => leftRunning?.(error));
const connection = await openConnection(path, (command) => void answer(command));
connection.send({ type: "ready", node: process.versions.node });

async function answer(command: CallCommand): Promise<void> {
  const code = userCode(command.root);
  const flush = takePrints(connection.send, code.here);
  let loading = true;
  const fail = async (error: unknown): Promise<void> => {
    flush();
    connection.send({ type: "failed", failure: failureOf(error, code, { command, loading }) });
  };
  leftRunning = (error) => void fail(error);
  try {
    if (command.clockStandsStill) standStill(new Date(command.now));
    process.argv.splice(1, process.argv.length, command.file);
    const map = functionOf(await loadModule(command.file), command.file, command.map!);
    loading = false;
    const rows = await mapAll(connection, command, map);
    flush();
    connection.send({ type: "done", rows });
  } catch (error) {
    await fail(error);
  } finally {
    leftRunning = undefined;
  }
}

/** The documents come and go as the text of a COPY of one column. Gives how many there were. */
async function mapAll({ send, stream }: Connection, command: CallCommand, map: MapNode): Promise<number> {
  const { call } = command;
  const input = await stream({ call, stream: "input", parameter: "documents", format: "text" });
  const output = await stream({ call, stream: "output", format: "text", columns: ["document"] });
  let row = 0;
  let reported = Date.now();
  const one = (line: string): string => {
    row++;
    try {
      return `${copyText(mapDocument(map, copied(line)!))}\n`;
    } catch (error) {
      throw inWords(error, row, command);
    }
  };
  async function* mapped(): AsyncGenerator<string> {
    for await (const lines of wholeLines(input as AsyncIterable<Buffer>)) {
      yield lines.map(one).join("");
      if (Date.now() - reported < PROGRESS) continue;
      reported = Date.now();
      send({ type: "progress", rows: row });
    }
  }
  await pipeline(Readable.from(mapped()), output);
  return row;
}

function inWords(error: unknown, row: number, { file, map }: CallCommand): unknown {
  const name = map!;
  if (!(error instanceof Error)) return thrownIn({ file, ...placeOf(file, name), function: name }, error);
  if (error instanceof Refused) {
    return new Failure({
      kind: "value",
      column: "document",
      row,
      message: `what ${name} gave can't be stored: ${error.message}`,
    });
  }
  if (!(error instanceof EverDeeper)) return error;
  const message = `what ${name} gives has more than ${MOST_LEVELS.toLocaleString("en-US")} levels`;
  return new Failure({
    kind: "signature",
    message,
    hint: "what it gives for a value, it is given in turn, member by member",
  });
}
