/** What the steps of a processor are joined with. */

/** What a function makes of each item, as they come. */
export async function* mapped<From, To>(items: AsyncIterable<From>, make: (item: From) => To): AsyncGenerator<To> {
  for await (const item of items) yield make(item);
}

/** The items of all chunks in lists of exactly so many; the last may be shorter. */
export async function* rechunked<T>(chunks: AsyncIterable<Iterable<T>>, size: number): AsyncGenerator<readonly T[]> {
  let list: T[] = [];
  for await (const items of chunks) {
    for (const item of items) {
      list.push(item);
      if (list.length < size) continue;
      yield list;
      list = [];
    }
  }
  if (list.length > 0) yield list;
}
