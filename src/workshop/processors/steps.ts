/** The steps that processors are put together from, by the names that the conf file uses. */
import type { Session } from "../session/session.ts";
import { sql } from "../session/sql.ts";
import { allAtOnce, cursor, cursorJoined, oneByOne } from "./extract.ts";
import { mapped } from "./iterables.ts";
import { copy, insertEach, insertMany } from "./load.ts";
import { inLists, pathMap, walk } from "./transform.ts";
import type { Extract, Load, Transform } from "./types.ts";

export const extractors = {
  one_by_one: oneByOne,
  all_at_once: allAtOnce,
  cursor_joined: cursorJoined,
  cursor,
} as const satisfies Record<string, Extract>;

export const transformers = {
  walk,
  path_map: pathMap,
  in_lists: inLists,
} as const satisfies Record<string, Transform>;

/** `commits`: each statement is a transaction of its own. */
export const loaders = {
  insert_and_commit: { load: insertEach, commits: true },
  insert: { load: insertEach, commits: false },
  insert_many: { load: insertMany, commits: false },
  copy: { load: copy, commits: false },
} as const satisfies Record<string, { readonly load: Load; readonly commits: boolean }>;

export interface Steps {
  readonly extract: keyof typeof extractors;
  readonly transform: keyof typeof transformers;
  readonly load: keyof typeof loaders;
  /** So many submissions are read with one FETCH, and so many events written with one INSERT, or sent at once to a COPY. */
  readonly chunk: number;
}

/** Reads with one session and writes with the other. Gives how many events it wrote. */
export async function runSteps(
  reader: Session,
  writer: Session,
  { extract, transform, load, chunk }: Steps,
  processedOn: string,
): Promise<number> {
  const { load: write, commits } = loaders[load];
  await reader.execute(sql`BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`);
  if (!commits) await writer.execute(sql`BEGIN`);
  const submissions = extractors[extract](reader, chunk);
  const events = mapped(submissions, transformers[transform](processedOn));
  const written = await write(writer, events, chunk);
  if (!commits) await writer.execute(sql`COMMIT`);
  await reader.execute(sql`COMMIT`);
  return written;
}
