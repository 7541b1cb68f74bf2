/** A connection whose queries are patched on their way, for code that sends its own. */
import { patch } from "../sql/pieces/pieces.ts";
import { replacementsOf, type Patch } from "./patches.ts";
import { rendered, type Rendering } from "./query.ts";

/** Anything with a `query` whose first argument is a text, or an object with one. */
interface Querying {
  query(...args: never[]): unknown;
}

export type Mocked<Client> = Client & { readonly renderings: readonly Rendering[] };

/**
 * The same connection, with every query patched before it is sent. A query that a patch finds nothing in is an error;
 * with `sideEffect`, `null` lets one pass as it is. `renderings` holds what was sent, in order.
 */
export function mock<Client extends Querying>(client: Client, ...patches: readonly Patch[]): Mocked<Client> {
  const renderings: Rendering[] = [];
  const query = (first: string | { readonly text: string }, ...others: readonly unknown[]): unknown => {
    const text = typeof first === "string" ? first : first.text;
    const replacements = replacementsOf(patches, renderings.length);
    const rendering = rendered(text, (code) => patch(code, replacements));
    renderings.push(rendering);
    const sent = typeof first === "string" ? rendering.text : { ...first, text: rendering.text };
    return (client.query as (...args: readonly unknown[]) => unknown).call(client, sent, ...others);
  };
  return new Proxy(client, {
    get(target, name) {
      if (name === "query") return query;
      if (name === "renderings") return renderings;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as Mocked<Client>;
}
