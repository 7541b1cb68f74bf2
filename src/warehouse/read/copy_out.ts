/** COPY … TO STDOUT as a stream of its text. */
import { Readable } from "node:stream";
import type pg from "pg";

const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
/** Messages that may come between, and are none of the stream's: the start, a setting, a notice, a notification. */
const BESIDE: ReadonlySet<number> = new Set([0x48, 0x53, 0x4e, 0x41]);
const HEADER = 5;
/** Up to here, a loop over the bytes is faster than a call that copies them. */
const SHORT = 160;

interface Socket extends NodeJS.EventEmitter {
  pause(): void;
  resume(): void;
}

interface Connection {
  readonly stream: Socket;
  query(text: string): void;
}

type Listener = (chunk: Buffer) => void;

/**
 * The server sends a message for each row; pg would make an object of each. So the socket is read here until the last row,
 * and the frames of a whole chunk are taken off in one go. It fails with the server's error, and is to be read to its end or
 * its session ended.
 */
export class CopyOut extends Readable {
  private readonly text: string;
  private socket: Socket | undefined;
  private theirs: Listener | undefined;
  private readonly ours: Listener = (chunk) => this.unframe(chunk);
  /** The beginning of a message of which not even the header is whole. */
  private head: Buffer = Buffer.alloc(0);
  private code = 0;
  /** Bytes of the message that are still to come. */
  private left = 0;

  constructor(text: string, ahead: number) {
    super({ highWaterMark: ahead });
    this.text = text;
  }

  submit(connection: Connection): void {
    const { stream } = connection;
    this.socket = stream;
    this.theirs = stream.listeners("data")[0] as Listener;
    stream.removeListener("data", this.theirs);
    stream.on("data", this.ours);
    connection.query(this.text);
  }

  override _read(): void {
    this.socket?.resume();
  }

  handleError(error: Error): void {
    this.handBack(undefined);
    this.destroy(error);
  }
  handleRowDescription(): void {}
  handleCommandComplete(): void {}
  handleReadyForQuery(): void {}

  private unframe(received: Buffer): void {
    const chunk = this.head.length > 0 ? Buffer.concat([this.head, received]) : received;
    this.head = Buffer.alloc(0);
    // The rows move together within the chunk, which nobody else reads.
    let size = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.left === 0) {
        if (chunk.length - at < HEADER) {
          this.head = chunk.subarray(at);
          break;
        }
        this.code = chunk[at] as number;
        if (this.code !== COPY_DATA && !BESIDE.has(this.code)) return this.finish(chunk.subarray(0, size), chunk, at);
        this.left = chunk.readUInt32BE(at + 1) - 4;
        at += HEADER;
      }
      const end = Math.min(at + this.left, chunk.length);
      this.left -= end - at;
      if (this.code !== COPY_DATA) at = end;
      else if (end - at > SHORT) {
        chunk.copyWithin(size, at, end);
        size += end - at;
        at = end;
      } else while (at < end) chunk[size++] = chunk[at++] as number;
    }
    if (size > 0 && !this.push(chunk.subarray(0, size))) this.socket?.pause();
  }

  /** The rows are over, or an error has come: what follows is for pg. */
  private finish(rows: Buffer, chunk: Buffer, at: number): void {
    if (rows.length > 0) this.push(rows);
    const done = this.code === COPY_DONE;
    this.handBack(chunk.subarray(done ? at + HEADER : at));
    if (done) this.push(null);
  }

  private handBack(rest: Buffer | undefined): void {
    const { socket, theirs } = this;
    if (!socket || !theirs) return;
    this.socket = undefined;
    socket.removeListener("data", this.ours);
    socket.on("data", theirs);
    if (rest && rest.length > 0) theirs(rest);
    socket.resume();
  }
}

/** `ahead`: so many bytes are read before they are asked for. */
export const copyOut = (client: pg.Client, text: string, ahead = 1 << 18): CopyOut =>
  client.query(new CopyOut(text, ahead));
