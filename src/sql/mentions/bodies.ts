/** The code in the body of CREATE FUNCTION, CREATE PROCEDURE and DO. */
import { insideString, tokenAt, type Blind, type Passage } from "../passage.ts";
import { strings, type Node, type Tree } from "../tree.ts";
import { plpgsqlPassages } from "./plpgsql.ts";

interface Inside {
  readonly passage: Passage;
  /** What could not be looked into, should the passage not parse, and where (in bytes of the file). */
  readonly what: string;
  readonly at: number;
}

interface Bodies {
  /** In PL/pgSQL: the whole of it. */
  readonly body?: Passage;
  readonly inside: readonly Inside[];
  readonly blind: readonly Blind[];
}

/** Nothing for a body that is no string (BEGIN ATOMIC): that is part of the tree. `statement`: the tree of one of them. */
export function bodyPassages(passage: Passage, statement: Tree): Bodies {
  const options = (statement.options ?? statement.args ?? []) as readonly Node[];
  const option = (name: string): Tree | undefined =>
    options.flatMap((node) => ("DefElem" in node && node.DefElem.defname === name ? [node.DefElem as Tree] : []))[0];
  const language = option("language")?.arg as { String?: { sval?: string } } | undefined;
  const body = option("as");
  const says = bodyText(body?.arg);
  if (!body || says === undefined || statement.sql_body !== undefined) return { inside: [], blind: [] };
  const tokens = passage.tokens();
  const from = tokenAt(tokens, Number(body.location ?? 0));
  const string = tokens.slice(from, from + 2).find(({ tokenName }) => tokenName === "SCONST");
  const inside = insideString(passage, string, says);
  const at = passage.toFile(string?.start ?? Number(body.location ?? 0));
  const name = language?.String?.sval?.toLowerCase() ?? "plpgsql";
  if (!inside) return { inside: [], blind: [{ what: "the body of a function in a string with escapes", at }] };
  if (name === "sql") return { inside: [{ passage: inside, what: "the body of a function", at }], blind: [] };
  if (name !== "plpgsql") return { inside: [], blind: [{ what: `the body of a function in ${name}`, at }] };
  const { passages, blind } = plpgsqlPassages(
    inside,
    parameterNames(statement.parameters as readonly Node[] | undefined),
  );
  const expressions = passages.map((one) => ({ passage: one, what: "an expression", at: one.toFile(0) }));
  return { body: inside, inside: expressions, blind };
}

const parameterNames = (nodes: readonly Node[] = []): readonly string[] =>
  nodes.flatMap((node) => ("FunctionParameter" in node && node.FunctionParameter.name) || []);

/** A function's body is in a list, which in C has two members; that of DO stands alone. */
function bodyText(arg: unknown): string | undefined {
  const node = arg as { String?: { sval?: string }; List?: { items?: Node[] } } | undefined;
  return node?.String?.sval ?? strings(node?.List?.items)[0];
}
