/** Which keys the rows of a table have, so that none comes twice. */
import { keyText } from "./demands.ts";
import type { Shape } from "./shape.ts";

type RowValues = ReadonlyMap<string, string | null>;

/** A class, because it changes as rows are made. */
export class Keys {
  private readonly shape: Shape;
  private readonly taken: readonly Map<string, number>[];
  private except: RowValues | undefined;

  constructor(shape: Shape, taken?: readonly Map<string, number>[]) {
    this.shape = shape;
    this.taken = taken ?? shape.keys.map(() => new Map());
  }

  /** The same but for one row. */
  without(row: RowValues): Keys {
    const other = new Keys(this.shape, this.taken);
    other.except = row;
    return other;
  }

  private change(row: RowValues, by: number): void {
    this.shape.keys.forEach((key, i) => {
      const text = keyText(this.shape, key, row);
      if (text !== undefined) this.taken[i]!.set(text, (this.taken[i]!.get(text) ?? 0) + by);
    });
  }

  add(row: RowValues): void {
    this.change(row, 1);
  }

  remove(row: RowValues): void {
    this.change(row, -1);
  }

  /** The first key that another row has. What a row has settled itself is not held against it. */
  taking(row: RowValues, settled: RowValues): readonly string[] | undefined {
    return this.shape.keys.find((key, i) => {
      const text = keyText(this.shape, key, row);
      if (text === undefined || keyText(this.shape, key, settled) !== undefined) return false;
      const own = this.except && keyText(this.shape, key, this.except) === text ? 1 : 0;
      return (this.taken[i]!.get(text) ?? 0) > own;
    });
  }
}
