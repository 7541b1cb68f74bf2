/** The sockets between CTF and a worker. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { jsonLines } from "../connections.ts";
import type { CallCommand, StreamHeader, WorkerEvent } from "../protocol.ts";

/** Commands and events, a line of JSON each. */
export interface Connection {
  send(event: WorkerEvent): void;
  /** When all that was sent is on its way. */
  sent(): Promise<void>;
  /** One more connection, for data. */
  stream(header: StreamHeader): Promise<Socket>;
}

/** `onCall` gets what CTF asks for. When CTF closes the connection, the process ends. */
export async function openConnection(path: string, onCall: (command: CallCommand) => void): Promise<Connection> {
  const commands = await connected(path);
  jsonLines(commands, (command) => onCall(command as CallCommand));
  commands.once("close", () => process.exit(0));
  return {
    send: (event) => void commands.write(line(event)),
    sent: () => new Promise((resolve) => void commands.write("", () => resolve())),
    async stream(header) {
      const socket = await connected(path);
      socket.write(line(header));
      return socket;
    },
  };
}

async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, "connect");
  // CTF hangs up where it has given up, and then ends this process, too.
  socket.on("error", () => {});
  return socket;
}

const line = (message: WorkerEvent | StreamHeader): string => `${JSON.stringify(message)}\n`;
