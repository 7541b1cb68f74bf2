/** The code in the body of CREATE FUNCTION, CREATE PROCEDURE and DO. */
import { strings, type Node } from "../tree.ts";
import { insideString, tokenAt, type Blind, type Piece } from "./piece.ts";
import { plpgsqlPieces } from "./plpgsql.ts";

interface Inside {
  readonly piece: Piece;
  /** What could not be looked into, should the piece not parse, and where (in bytes of the file). */
  readonly what: string;
  readonly at: number;
}

interface Bodies {
  /** In PL/pgSQL: the whole of it. */
  readonly body?: Piece;
  readonly inside: readonly Inside[];
  readonly blind: readonly Blind[];
}

type Tree = Readonly<Record<string, unknown>>;

/** Nothing for a body that is no string (BEGIN ATOMIC): that is part of the tree. `statement`: the tree of one of them. */
export function bodyPieces(piece: Piece, statement: Tree): Bodies {
  const options = (statement.options ?? statement.args ?? []) as readonly Node[];
  const option = (name: string): Tree | undefined =>
    options.flatMap((node) => ("DefElem" in node && node.DefElem.defname === name ? [node.DefElem as Tree] : []))[0];
  const language = option("language")?.arg as { String?: { sval?: string } } | undefined;
  const body = option("as");
  const says = bodyText(body?.arg);
  if (!body || says === undefined || statement.sql_body !== undefined) return { inside: [], blind: [] };
  const tokens = piece.tokens();
  const from = tokenAt(tokens, Number(body.location ?? 0));
  const string = tokens.slice(from, from + 2).find(({ tokenName }) => tokenName === "SCONST");
  const inside = insideString(piece, string, says);
  const at = piece.toFile(string?.start ?? Number(body.location ?? 0));
  const name = language?.String?.sval?.toLowerCase() ?? "plpgsql";
  if (!inside) return { inside: [], blind: [{ what: "the body of a function in a string with escapes", at }] };
  if (name === "sql") return { inside: [{ piece: inside, what: "the body of a function", at }], blind: [] };
  if (name !== "plpgsql") return { inside: [], blind: [{ what: `the body of a function in ${name}`, at }] };
  const { pieces, blind } = plpgsqlPieces(inside, parameterNames(statement.parameters as readonly Node[] | undefined));
  const expressions = pieces.map((one) => ({ piece: one, what: "an expression", at: one.toFile(0) }));
  return { body: inside, inside: expressions, blind };
}

const parameterNames = (nodes: readonly Node[] = []): readonly string[] =>
  nodes.flatMap((node) => ("FunctionParameter" in node && node.FunctionParameter.name) || []);

/** A function's body is in a list, which in C has two members; that of DO stands alone. */
function bodyText(arg: unknown): string | undefined {
  const node = arg as { String?: { sval?: string }; List?: { items?: Node[] } } | undefined;
  return node?.String?.sval ?? strings(node?.List?.items)[0];
}
