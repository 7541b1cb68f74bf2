/** How PostgreSQL is to plan what costs most. It can't know that a function on a document costs more than one on a number. */
import { batch, rowsOf } from "../../session/batch.ts";
import type { Work } from "../../work.ts";

/**
 * Workers take documents wherever the server has some to spare: their cost is nothing beside what is to be done for a
 * document. Compiling the plan costs more than it saves.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  parallel_setup_cost: "0",
  parallel_tuple_cost: "0",
  jit: "off",
  // The forms are looked into for every document, so they are in memory.
  random_page_cost: "1",
};

/** Documents stay the outer side of every join: hashing or sorting them would write them all to disk. */
const DOCUMENTS_OUTSIDE: Readonly<Record<string, string>> = { enable_hashjoin: "off", enable_mergejoin: "off" };

/** In the transaction that is open; afterwards all is as it was, whatever a transform's own settings were. */
export async function planned<T>(
  { client }: Work,
  run: () => Promise<T>,
  { documentsOutside = false }: { readonly documentsOutside?: boolean } = {},
): Promise<T> {
  const settings = { ...SETTINGS, ...(documentsOutside && DOCUMENTS_OUTSIDE) };
  const names = Object.keys(settings);
  const [before] = await rowsOf(
    client,
    `SELECT ${names.map((name) => `pg_catalog.current_setting('${name}') AS ${name}`).join(", ")}`,
  );
  await set(client, settings);
  const result = await run();
  await set(client, before as Readonly<Record<string, string>>);
  return result;
}

const set = async (client: Work["client"], settings: Readonly<Record<string, string>>): Promise<void> =>
  void (await batch(
    client,
    Object.entries(settings).map(([name, value]) => ({
      text: "SELECT pg_catalog.set_config($1, $2, true)",
      values: [name, value],
    })),
  ));
