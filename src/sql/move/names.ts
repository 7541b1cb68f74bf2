/** Every name of a schema in the text, as an edit that exchanges it. */
import type { Edit } from "../edits.ts";
import { type Mention, type Mentions, passagesOf } from "../mentions/mentions.ts";
import { nameIn, type Passage, type Token, tokenAt } from "../passage.ts";
import { quoted } from "../quoted.ts";
import { whatIs } from "./objects.ts";
import type { Move } from "./types.ts";

/**
 * In bytes of the file. Names that the syntax tree knows are read from where they are, if that is all that happens to
 * them. Every other `schema.` in the tokens is taken for something that may be changed; `columns` are those that are none.
 */
export function namesInSchemas(
  found: Mentions,
  calls: readonly Mention[],
  columns: ReadonlySet<number>,
  move: Move,
): readonly Edit[] {
  const onlyRead = new Map<number, Mention>();
  const changed = new Set<number>();
  for (const mention of [...found.mentions, ...calls]) {
    const at = mention.passage.toFile(mention.at);
    if (mention.isOnlyRead) onlyRead.set(at, mention);
    else changed.add(at);
  }
  const edits = new Map<number, Edit>();
  const look = (passage: Passage, isBody: boolean) => {
    const tokens = passage.tokens();
    tokens.forEach((token, n) => {
      const schema = nameIn(token);
      const next = tokens[n + 2];
      if (!move.schemas.has(schema) || tokens[n + 1]?.text !== "." || !next || tokens[n - 1]?.text === ".") return;
      const from = passage.toFile(token.start);
      if (columns.has(from) || edits.has(from) || (isBody && isVariable(tokens[n - 1]))) return;
      const read = changed.has(from) ? undefined : onlyRead.get(from);
      const what = read ? whatIs(read) : isBody ? "type" : undefined;
      const to = what ? move.readFrom(schema, nameIn(next), what) : move.writtenTo(schema);
      edits.set(from, replaced(passage, token, to));
    });
  };
  for (const passage of passagesOf(found)) look(passage, false);
  // What no statement and no expression of a PL/pgSQL body has said are types of variables.
  for (const body of found.bodies) look(body, true);
  return [...edits.values()];
}

/** `schema.x := …` and `INTO schema.x` name a record's field; a type stands behind a variable's name. */
const isVariable = (before: Token | undefined): boolean =>
  before === undefined || /^([;,]|begin|then|else|loop|into|diagnostics|for|foreach)$/i.test(before.text);

/** `CREATE SCHEMA s`, `GRANT … ON SCHEMA s, t`, `… IN SCHEMA s`, `COMMENT ON SCHEMA s`. */
export function schemasAlone({ statements }: Mentions, move: Move): readonly Edit[] {
  return statements.flatMap(({ kind, passage, from }, n): readonly Edit[] => {
    if (!["CreateSchemaStmt", "GrantStmt", "CommentStmt"].includes(kind)) return [];
    const following = statements[n + 1];
    const all = passage.tokens();
    const end = following?.passage === passage ? tokenAt(all, following.from) : all.length;
    const tokens = all.slice(tokenAt(all, from), end);
    let at = tokens.findIndex(({ text }) => text.toLowerCase() === "schema") + 1;
    if (at === 0) return [];
    while (["if", "not", "exists"].includes(tokens[at]?.text.toLowerCase() ?? "")) at++;
    const edits: Edit[] = [];
    for (; tokens[at]; at += 2) {
      const schema = nameIn(tokens[at]!);
      if (move.schemas.has(schema)) edits.push(replaced(passage, tokens[at]!, move.writtenTo(schema)));
      if (tokens[at + 1]?.text !== ",") break;
    }
    return edits;
  });
}

function replaced(
  passage: Passage,
  { start, end }: { readonly start: number; readonly end: number },
  name: string,
): Edit {
  const from = passage.toFile(start);
  const text = passage.isQuoted ? quoted(name).replaceAll("'", "''") : quoted(name);
  return { from, to: from + (end - start), text };
}
