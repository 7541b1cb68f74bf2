/**
 * Keeps V8's young space small while documents stream by. V8 doubles it again and again the longer it works, up to 32 MB, as
 * if more were alive than before; but of a stream no more than some documents are, so all that grows is what the process takes.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Room for what a batch of documents leaves behind, some times over: nearly nothing in it outlives the next collection. */
const ENOUGH = 8 << 20;
const DOUBLED = 2;

let held = 0;

/** Lives as long as a stream. What else the process does meanwhile gets no more young space either. */
export class YoungSpace {
  private holds = false;

  /** To be called every now and then. */
  look(): void {
    if (this.holds || size() < ENOUGH) return;
    this.holds = true;
    if (held++ === 0) grow(1);
  }

  release(): void {
    if (!this.holds) return;
    this.holds = false;
    if (--held === 0) grow(DOUBLED);
  }
}

const grow = (factor: number): void => setFlagsFromString(`--semi-space-growth-factor=${factor}`);

const size = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.space_size ?? 0;
