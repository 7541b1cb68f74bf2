/** Finds the place of a key or value in a file, when there is something to report. */
import { isBytes, readBytes, textOf } from "./files.ts";
import type { Locate } from "./problem.ts";
import type { Places } from "./yaml/places.ts";

/** Reads each file once. What can't be read any more has no lines. */
export async function makeLocator(root: string): Promise<Locate> {
  const { placesIn } = await import("./yaml/places.ts");
  const known = new Map<string, Places | undefined>();
  const placesOf = (file: string): Places | undefined => {
    if (known.has(file)) return known.get(file);
    const bytes = readBytes(root, file);
    const text = isBytes(bytes) ? textOf(bytes, file) : undefined;
    const places = typeof text === "string" ? placesIn(text) : undefined;
    known.set(file, places);
    return places;
  };
  return (file, place) => ({ file, ...placesOf(file)?.find(place) });
}
