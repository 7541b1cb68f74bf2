/** A worker that failed and takes the next call. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { pythonEnvironment } from "../../src/worker/environment.ts";
import { startPython } from "../../src/worker/start.ts";
import type { StreamHeader } from "../../src/worker/protocol.ts";
import { scratchProject } from "../support/project.ts";
import { testPython } from "../support/python.ts";

const LATE = `import gc
from contextlib import suppress
from ctf.worker.connection import Connection

def transform():
    # as if the connection of the call before had been overtaken by the news of its failure
    door = next(found for found in gc.get_objects() if isinstance(found, Connection))
    late = door.stream({"call": 1, "stream": "output", "format": "text", "columns": ["late"]})
    with suppress(ConnectionError):
        late.recv(1)
    yield ("own",)
`;

test("a connection that a failed call left behind is not taken for the next one's", async () => {
  const { root } = scratchProject({ "ctf.yaml": "ctf: 1\nproject: p\n" });
  const worker = await startPython(testPython(), { root, env: pythonEnvironment(process.env, []) });
  const call = async (name: string, code: string) => {
    const streams: StreamHeader[] = [];
    const file = join(root, `${name}.py`);
    writeFileSync(file, code);
    const text = { name: "v", type: "text", typtype: "b", base: "text", notNull: false, mayLack: false } as const;
    const ending = await worker.call(
      {
        type: "call",
        transform: name,
        file,
        root,
        inputs: [],
        output: { type: "table", name: "lab.t", columns: [text] },
        variables: {},
        now: "2024-01-31T10:00:00+01:00",
      },
      {
        rowsExpected: true,
        event: () => {},
        stream: (header: StreamHeader, socket: Socket) => void (streams.push(header), socket.resume()),
      },
    );
    return { ending: ending.type, streams };
  };
  try {
    expect((await call("fails", "def transform():\n    raise ValueError\n")).ending).toBe("failed");
    const own = { call: 2, stream: "output", format: "text", columns: ["v"] };
    expect(await call("late", LATE)).toEqual({ ending: "done", streams: [own] });
  } finally {
    await worker.close();
  }
});
