/** Rows into tables by COPY, of which a session does one at a time: the one with the most rows stays open. */
import { finished } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { RowBytes } from "./row_bytes.ts";

type Copy = ReturnType<typeof copyFrom>;

/** So many bytes come together before they are sent: more than a socket takes without saying when it is done with them. */
const CHUNK = 1 << 17;
/** So many bytes of the other tables' rows wait for the end of a COPY. */
const WAITING = 1 << 20;

/** One table, `COPY … (…)`, and what waits for it. */
interface Waiting {
  readonly copy: string;
  readonly rows: RowBytes;
}

/** Lives as long as the rows come. */
export class Sink {
  private readonly client: pg.Client;
  private readonly main: string;
  private readonly others: readonly Waiting[];
  private open: { readonly copy: Copy; readonly finished: Promise<void> } | undefined;
  /** One comes together while the server stores the other. */
  private rows = new RowBytes(2 * CHUNK);
  private spare = new RowBytes(2 * CHUNK);
  /** The spare's bytes are no longer needed. */
  private sent: Promise<void> = Promise.resolve();
  /** The rows of a document, which are written as one. */
  private text = "";
  private stored = 0;

  /** Each as `COPY table (columns)`. */
  constructor(client: pg.Client, main: string, others: readonly string[]) {
    this.client = client;
    this.main = main;
    this.others = others.map((copy) => ({ copy, rows: new RowBytes(WAITING >> 4) }));
  }

  /** A row's text with its line end. */
  add(row: string): void {
    this.text += row;
    if (this.text.length >= CHUNK) this.gather();
  }

  addBeside(which: number, row: string): void {
    this.others[which]!.rows.add(row);
  }

  /** Between documents: sends what has come together. */
  async send(): Promise<void> {
    this.gather();
    if (this.rows.length >= CHUNK) await this.write();
    if (this.others.some(({ rows }) => rows.length >= WAITING)) await this.beside();
  }

  /** Gives how many rows the main table got, as the server counted them. */
  async end(): Promise<number> {
    await this.write();
    await this.beside();
    return this.stored;
  }

  /** After a failure: the session can be used again. */
  async abandon(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    if (!open) return;
    open.copy.destroy();
    await open.finished.catch(() => {});
  }

  private gather(): void {
    this.rows.add(this.text);
    this.text = "";
  }

  private async write(): Promise<void> {
    const { rows, spare } = this;
    if (rows.length === 0) return;
    const { copy, finished: failed } = (this.open ??= opened(this.client.query(copyFrom(`${this.main} FROM STDIN`))));
    await Promise.race([this.sent, failed]);
    this.sent = new Promise((resolve) => void copy.write(rows.taken(), () => resolve()));
    this.rows = spare;
    this.spare = rows;
  }

  private async beside(): Promise<void> {
    if (this.open) this.stored += await ended(this.open.copy);
    this.open = undefined;
    for (const { copy: text, rows } of this.others) {
      if (rows.length === 0) continue;
      const copy = this.client.query(copyFrom(`${text} FROM STDIN`));
      copy.write(rows.taken());
      await ended(copy);
    }
  }
}

function opened(copy: Copy): { readonly copy: Copy; readonly finished: Promise<void> } {
  const end = finished(copy);
  end.catch(() => {}); // whoever waits for it hears of it
  return { copy, finished: end };
}

async function ended(copy: Copy): Promise<number> {
  copy.end();
  await finished(copy);
  return copy.rowCount;
}
