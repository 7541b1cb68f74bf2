/** What is written to a worker's descriptors, past all that the worker itself takes over. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startWorker } from "../../src/worker/process.ts";
import { scratchProject } from "../support/project.ts";

/** Prints, writes as another process would, and is done before any of it was read. */
const WRITES = `
const { writeFileSync, writeSync } = require("node:fs");
const socket = require("node:net").connect(process.argv[1], () => socket.write('{"type":"ready"}\\n'));
socket.on("data", () => {
  socket.write('{"type":"print","stream":"stdout","text":"first"}\\n', () => {
    writeSync(2, "second\\n");
    socket.write('{"type":"done","rows":0}\\n', () => writeFileSync("done", ""));
  });
});
socket.on("close", () => process.exit(0));`;

test("what was written before the end of a call belongs to it", async () => {
  const { root } = scratchProject({ "ctf.yaml": "ctf: 1\nproject: p\n" });
  const worker = await startWorker({
    command: [process.execPath, "-e", WRITES],
    root,
    env: {},
    watched: true,
    refused: (last) => new Error(last),
  });
  const printed: string[] = [];
  try {
    await worker.call(
      {
        type: "call",
        transform: "t",
        file: "t.ts",
        root,
        inputs: [],
        output: { type: "table", name: "p.t", columns: [] },
        variables: {},
        now: "2024-01-31T10:00:00Z",
      },
      {
        rowsExpected: false,
        event(event) {
          if (event.type === "print") printed.push(event.text);
          // CTF is busy, and then finds all of the rest at once, what it was already reading from before the other.
          while (!existsSync(join(root, "done")));
        },
        stream: () => {},
      },
    );
  } finally {
    await worker.close();
  }
  expect(printed).toEqual(["first", "second"]);
});
