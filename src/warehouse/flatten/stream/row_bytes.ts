/** Rows that come together, as bytes: a text would keep the whole document alive of which it is a part. */

export class RowBytes {
  private readonly usual: number;
  private bytes: Buffer;
  length = 0;

  /** `usual`: for how many bytes there is room from the start. */
  constructor(usual: number) {
    this.usual = usual;
    this.bytes = Buffer.allocUnsafeSlow(usual);
  }

  add(text: string): void {
    // No character takes more than three bytes.
    if (this.length + text.length * 3 > this.bytes.length) this.makeRoom(Buffer.byteLength(text));
    this.length += this.bytes.write(text, this.length);
  }

  /** What has come together, until the next `add`. */
  taken(): Buffer {
    const rows = this.bytes.subarray(0, this.length);
    this.length = 0;
    if (this.bytes.length > 4 * this.usual) this.bytes = Buffer.allocUnsafeSlow(this.usual);
    return rows;
  }

  private makeRoom(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const wider = Buffer.allocUnsafeSlow(2 * (this.length + more));
    this.bytes.copy(wider, 0, 0, this.length);
    this.bytes = wider;
  }
}
