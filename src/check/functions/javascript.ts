/** A JavaScript or TypeScript file → what a function that it exports takes, by the grammar and without running anything. */
import { parser } from "@lezer/javascript";
import { positionIn } from "../../project/lines.ts";
import type { FoundFunction, Signature } from "./signature.ts";

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

const typescriptParser = parser.configure({ dialect: "ts" });

export function readExport(
  text: string,
  name: string,
  { typescript }: { readonly typescript: boolean },
): FoundFunction {
  const script = (typescript ? typescriptParser : parser).parse(text).topNode;
  // What Node itself refuses, or is newer than this grammar.
  if (hasErrors(script)) return "unknown";
  const exports = childrenOf(script).filter((node) => node.name === "ExportDeclaration");
  const found = exports.map((node) => inExport(node, name, text)).filter((one) => one !== "none");
  if (found.length > 0) return found.find((one) => one !== "unknown") ?? "unknown";
  // As CommonJS says it.
  return /\bexports\b/.test(text) ? "unknown" : "none";
}

function hasErrors(top: SyntaxNode): boolean {
  const cursor = top.cursor();
  do if (cursor.type.isError) return true;
  while (cursor.next());
  return false;
}

const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] => {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
};

function inExport(node: SyntaxNode, name: string, text: string): FoundFunction {
  const is = (one: SyntaxNode | null): boolean => one !== null && text.slice(one.from, one.to) === name;
  const declared = node.getChild("FunctionDeclaration");
  if (declared) {
    const named = declared.getChild("VariableDefinition");
    return named && is(named) && !node.getChild("default") ? signatureOf(declared, named, text) : "none";
  }
  const variables = node.getChild("VariableDeclaration");
  if (!variables) {
    // What stands for the name elsewhere, or in an object, only running it would tell.
    const group = childrenOf(node.getChild("ExportGroup") ?? node);
    return node.getChild("Star") || node.getChild("default") || group.some(is) ? "unknown" : "none";
  }
  const parts = childrenOf(variables);
  const at = parts.findIndex((part) => part.name === "VariableDefinition" && is(part));
  // A pattern may have it.
  if (at < 0) return parts.some(({ name: kind }) => kind.endsWith("Pattern")) ? "unknown" : "none";
  const value = parts[parts.findIndex((part, n) => n > at && part.name === "Equals") + 1];
  return value && ["ArrowFunction", "FunctionExpression"].includes(value.name)
    ? signatureOf(value, parts[at]!, text)
    : "unknown";
}

function signatureOf(made: SyntaxNode, named: SyntaxNode, text: string): Signature {
  const place = positionIn(text);
  const list = made.getChild("ParamList");
  // An arrow function's only parameter needs no parentheses.
  const nodes = list ? childrenOf(list) : childrenOf(made).filter(({ name }) => name === "VariableDefinition");
  const parameters = nodes.flatMap((node, n) => {
    if (!/^(?:VariableDefinition|ArrayPattern|ObjectPattern)$/.test(node.name)) return [];
    const next = nodes.slice(n + 1).findIndex(({ name }) => name === ",");
    const rest = nodes.slice(n + 1, next < 0 ? undefined : n + 1 + next);
    return [
      {
        name: text.slice(node.from, node.to),
        way: nodes[n - 1]?.name === "Spread" ? ("others" as const) : ("any" as const),
        hasDefault: rest.some(({ name }) => name === "Equals" || name === "Optional"),
        start: place(node.from),
      },
    ];
  });
  return { start: place(named.from), isAsync: made.getChild("async") !== null, parameters };
}
