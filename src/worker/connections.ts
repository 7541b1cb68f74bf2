/** The socket of one worker: each connection begins with a line of JSON that says what it is for. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a socket's name may have, with its end, on every system. */
const LONGEST_NAME = 100;
/** No first line is longer; it would be nobody of ours. */
const LONGEST_LINE = 1 << 20;

export interface Door {
  readonly path: string;
  close(): void;
}

/** Listens in a folder that only this user may enter. `onConnection` gets a paused socket with what came after the line. */
export async function openDoor(onConnection: (first: unknown, socket: Socket) => void): Promise<Door> {
  const near = join(tmpdir(), "ctf-XXXXXX", "s").length <= LONGEST_NAME ? tmpdir() : "/tmp";
  const folder = mkdtempSync(join(near, "ctf-"));
  const path = join(folder, "s");
  // A worker that only reads closes its half at once; ours ends with the bytes, never by itself: an end would look like the
  // last row.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // A worker that is gone is told of by its end.
    socket.on("error", () => {});
    firstLine(socket, (line) => onConnection(line, socket));
  });
  await listening(server, path);
  return {
    path,
    close() {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const listening = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });

function firstLine(socket: Socket, then: (line: unknown) => void): void {
  let before: Buffer = Buffer.alloc(0);
  const take = (chunk: Buffer) => {
    before = Buffer.concat([before, chunk]);
    const end = before.indexOf(10);
    if (end < 0) {
      if (before.length > LONGEST_LINE) socket.destroy();
      return;
    }
    socket.pause();
    socket.removeListener("data", take);
    const rest = before.subarray(end + 1);
    if (rest.length > 0) socket.unshift(rest);
    then(JSON.parse(before.toString("utf8", 0, end)));
  };
  socket.on("data", take);
}

/** Calls back for every line of JSON. */
export function jsonLines(socket: Socket, each: (value: unknown) => void): void {
  let before = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (before + text).split("\n");
    before = lines.pop() ?? "";
    for (const line of lines) if (line !== "") each(JSON.parse(line));
  });
}
