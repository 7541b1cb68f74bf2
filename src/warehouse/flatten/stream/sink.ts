/** Rows into tables by COPY, of which a session does one at a time: the one with the most rows stays open. */
import { finished } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

type Copy = ReturnType<typeof copyFrom>;

/** So much text is gathered before it is sent. */
const CHUNK = 1 << 19;
/** So much of the other tables' rows waits for the end of a COPY. */
const WAITING = 4 << 20;

/** One table, `COPY … (…)`, and what waits for it. */
interface Waiting {
  readonly copy: string;
  text: string;
}

/** Lives as long as the rows come. */
export class Sink {
  private readonly client: pg.Client;
  private readonly main: string;
  private readonly others: readonly Waiting[];
  private open: { readonly copy: Copy; readonly finished: Promise<void> } | undefined;
  /** The chunk that is on its way: the server stores it while the next one comes together. */
  private sent: Promise<void> = Promise.resolve();
  private text = "";
  private stored = 0;

  /** Each as `COPY table (columns)`. */
  constructor(client: pg.Client, main: string, others: readonly string[]) {
    this.client = client;
    this.main = main;
    this.others = others.map((copy) => ({ copy, text: "" }));
  }

  /** A row's text with its line end. */
  add(row: string): void {
    this.text += row;
  }

  addBeside(which: number, row: string): void {
    this.others[which]!.text += row;
  }

  /** Between documents: sends what has come together. */
  async send(): Promise<void> {
    if (this.text.length >= CHUNK) await this.write();
    if (this.others.some(({ text }) => text.length >= WAITING)) await this.beside();
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

  private async write(): Promise<void> {
    if (this.text === "") return;
    const { copy, finished: failed } = (this.open ??= opened(this.client.query(copyFrom(`${this.main} FROM STDIN`))));
    const { text, sent } = this;
    this.text = "";
    this.sent = new Promise((resolve) => void copy.write(text, () => resolve()));
    await Promise.race([sent, failed]);
  }

  private async beside(): Promise<void> {
    if (this.open) this.stored += await ended(this.open.copy);
    this.open = undefined;
    for (const other of this.others) {
      if (other.text === "") continue;
      const copy = this.client.query(copyFrom(`${other.copy} FROM STDIN`));
      copy.write(other.text);
      other.text = "";
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
