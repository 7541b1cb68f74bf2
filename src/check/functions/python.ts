/** A Python file → what one of its functions takes, by Python's grammar and without running anything. */
import { parser } from "@lezer/python";
import { positionIn } from "../../project/lines.ts";
import type { FoundFunction, Parameter, Signature, Way } from "./signature.ts";

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** `name`: of the function. */
export function readDefinition(text: string, name: string): FoundFunction {
  const script = parser.parse(text).topNode;
  // What Python itself refuses, or is newer than this grammar.
  if (contains(script, (node) => node.type.isError)) return "unknown";
  const last = childrenOf(script).findLast((node) => nameOf(definitionIn(node), text) === name);
  if (!last) return contains(script, (node) => mayMake(node, name, text)) ? "unknown" : "none";
  // A decorator may make any function of it.
  if (last.name !== "FunctionDefinition") return "unknown";
  if (contains(script, (node) => isLaterName(node, last, { name, text }))) return "unknown";
  return signatureOf(last, text);
}

const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] => {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
};

/** Whether it holds for any node; a walk without recursion, for files are nested as deeply as people like. */
function contains(top: SyntaxNode, holds: (node: SyntaxNode) => boolean): boolean {
  const cursor = top.cursor();
  do if (holds(cursor.node)) return true;
  while (cursor.next());
  return false;
}

const definitionIn = (node: SyntaxNode): SyntaxNode | null =>
  node.name === "DecoratedStatement" ? node.getChild("FunctionDefinition") : node;

function nameOf(node: SyntaxNode | null, text: string): string | undefined {
  const name = node?.name === "FunctionDefinition" ? node.getChild("VariableName") : null;
  return name ? text.slice(name.from, name.to) : undefined;
}

const isName = (node: SyntaxNode, name: string, text: string): boolean =>
  node.name === "VariableName" && text.slice(node.from, node.to) === name;

const isStarImport = (node: SyntaxNode): boolean => node.name === "*" && node.parent?.name === "ImportStatement";

/** Without a definition of its own, a file may get the name from elsewhere, or put it together as a text. */
const mayMake = (node: SyntaxNode, name: string, text: string): boolean =>
  isName(node, name, text) ||
  isStarImport(node) ||
  (node.name === "VariableName" && ["exec", "globals", "vars", "setattr"].includes(text.slice(node.from, node.to)));

/** Whether the name could get another meaning behind its definition; calling it or passing it on gives it none. */
function isLaterName(
  node: SyntaxNode,
  definition: SyntaxNode,
  { name, text }: { readonly name: string; readonly text: string },
): boolean {
  // `global transform` in a function, wherever that stands.
  if (isName(node, name, text) && node.parent?.name === "ScopeStatement") return true;
  if (node.from < definition.to) return false;
  if (isStarImport(node)) return true;
  if (!isName(node, name, text) || isLocal(node)) return false;
  return !["CallExpression", "ArgList", "MemberExpression", "FormatReplacement"].includes(node.parent?.name ?? "");
}

/** Inside of a function's or class's body, names are its own. */
function isLocal(node: SyntaxNode): boolean {
  for (let at: SyntaxNode | null = node; at?.parent; at = at.parent) {
    if (at.name === "Body" && ["FunctionDefinition", "ClassDefinition"].includes(at.parent.name)) return true;
    if (at.name === "LambdaExpression") return true;
  }
  return false;
}

function signatureOf(definition: SyntaxNode, text: string): Signature {
  const place = positionIn(text);
  const parameters: Parameter[] = [];
  let way: Way = "any";
  for (const part of partsOf(definition.getChild("ParamList")!, text)) {
    const [first, second] = part;
    if (first?.name === "*" && !second) {
      way = "name"; // a star alone: what follows has to be named
    } else if (first?.name === "*" || first?.name === "**") {
      parameters.push({ ...parameterOf(second!), way: "others" });
      if (first.name === "*") way = "name";
    } else if (first) {
      parameters.push({ ...parameterOf(first), way, hasDefault: part.some((node) => node.name === "AssignOp") });
    } else {
      // A slash, which has no node: what stands before it is given by position alone.
      for (const [n, one] of parameters.entries()) parameters[n] = { ...one, way: "position" };
    }
  }
  const name = definition.getChild("VariableName")!;
  return { start: place(name.from), isAsync: definition.getChild("async") !== null, parameters };

  function parameterOf(node: SyntaxNode): Parameter {
    return { name: text.slice(node.from, node.to), way: "any", hasDefault: false, start: place(node.from) };
  }
}

/** The nodes between commas. A slash has no node, so its part is empty; what follows the last comma may be nothing at all. */
function partsOf(list: SyntaxNode, text: string): readonly (readonly SyntaxNode[])[] {
  const parts: SyntaxNode[][] = [[]];
  let begin = list.from + 1;
  for (const node of childrenOf(list).filter(({ name }) => !["(", ")", "Comment"].includes(name))) {
    if (node.name === ",") {
      parts.push([]);
      begin = node.to;
    } else {
      parts.at(-1)!.push(node);
    }
  }
  if (parts.at(-1)!.length > 0) return parts;
  const rest = text.slice(begin, list.to - 1).replaceAll(/#.*/g, "");
  return rest.trim() === "/" ? parts : parts.slice(0, -1);
}
