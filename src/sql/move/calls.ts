/** What a walk through all nodes of a statement finds besides relations: calls, columns, strings that may be code. */
import { CHANGES_SEQUENCE, TAKES_RELATION, type Found, type Mention } from "../mentions/mentions.ts";
import { scan } from "../parser.ts";
import { nameIn, type Blind } from "../passage.ts";
import { isObject, strings, type Node, type Tree } from "../tree.ts";

export interface Calls {
  /** Functions by their qualified names. */
  readonly mentions: Mention[];
  /** Bytes of the file where `alias.column` stands: the first word is no schema. */
  readonly columns: Set<number>;
  readonly blind: Blind[];
}

/** They run or read what a string says, or change where names are looked for. */
const READS_STRINGS = new Set(
  `query_to_xml query_to_xmlschema query_to_xml_and_xmlschema table_to_xml table_to_xmlschema
  table_to_xml_and_xmlschema schema_to_xml schema_to_xmlschema schema_to_xml_and_xmlschema database_to_xml
  database_to_xmlschema database_to_xml_and_xmlschema dblink dblink_exec dblink_open dblink_send_query crosstab
  crosstab2 crosstab3 crosstab4 connectby xpath_table ts_stat ts_rewrite lo_export lo_import pg_file_write
  pg_logical_emit_message`.split(/\s+/),
);
const REGISTERED = /^reg(proc|procedure|oper|operator|namespace|config|dictionary|collation)$/;

/** `unqualified`: functions that may only be called with their schema. */
export function callsIn(
  { body, passage }: Found,
  schemas: ReadonlySet<string>,
  unqualified: ReadonlySet<string>,
): Calls {
  const found: Calls = { mentions: [], columns: new Set(), blind: [] };
  const blind = (what: string, at: unknown) => found.blind.push({ what, at: passage.toFile(Number(at ?? 0)) });
  const names = namesSchema(schemas);

  const call = (node: Tree) => {
    const parts = strings(node.funcname as Node[]);
    const name = parts.at(-1) ?? "";
    const args = (node.args as readonly Node[] | undefined) ?? [];
    const at = Number(node.location ?? 0);
    if (parts.length === 2 && schemas.has(parts[0]!)) {
      const mention = { schema: parts[0]!, name, at, passage, isOnlyRead: true } as const;
      found.mentions.push({ ...mention, access: "call" });
    } else if (parts.length === 1 && unqualified.has(name)) blind(`a call of ${name} without its schema`, at);
    if (READS_STRINGS.has(name)) blind(`a call of ${name}, which runs or reads what a string says`, at);
    if (name === "set_config" && saysOf(args[0]) !== undefined && saysOf(args[0])!.toLowerCase() !== "search_path")
      return;
    if (name === "set_config") blind("a call of set_config that may set the search_path", at);
    if (!CHANGES_SEQUENCE.has(name)) return;
    const sequence = saysOf(castArgument(args[0]));
    if (sequence === undefined) blind(`a call of ${name} for a sequence that is known only when it runs`, at);
    // Numbers that were given out are not taken back with the transaction.
    else if (!isIn(sequence, schemas))
      blind(`a change to ${sequence}, which is not in a schema of the project's outputs`, at);
  };

  const walk = (node: unknown, inCall: boolean): void => {
    if (Array.isArray(node)) {
      for (const item of node) walk(item, inCall);
      return;
    }
    if (!isObject(node)) return;
    for (const [key, value] of Object.entries(node)) {
      if (!isObject(value)) continue;
      const isCall = key === "FuncCall" || key === "funccall";
      if (key === "ColumnRef") {
        const parts = (value.fields as readonly Node[]).length;
        if (parts === 2) found.columns.add(passage.toFile(Number(value.location ?? 0)));
        if (parts > 3) blind("a name with a database in front", value.location);
        continue;
      }
      if (isCall) call(value);
      if (key === "lockingClause") blind("FOR UPDATE or FOR SHARE, which locks rows of what is read", 0);
      if (typeof value.catalogname === "string") blind("a name with a database in front", value.location);
      if (key === "TypeCast" && isRegistered(value) && names(saysOf(value.arg)))
        blind("a name in a string", value.location);
      // The literal of nextval('…') and of a regclass is a name, and exchanged as one.
      const literal = isCall && TAKES_RELATION.has(strings(value.funcname as Node[]).at(-1) ?? "");
      if (key === "A_Const" && inCall && names(textOf(value))) blind("a string that may be code", value.location);
      walk(
        literal ? { ...value, args: (value.args as readonly Node[] | undefined)?.slice(1) } : value,
        (inCall || isCall) && !isNamed(key, value),
      );
    }
  };
  try {
    walk(body, false);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    blind("what is nested this deeply", 0);
  }
  return found;
}

const isNamed = (key: string, value: Tree): boolean =>
  key === "TypeCast" && /^reg(class|type)$/.test(typeOf(value)) && saysOf(value.arg) !== undefined;

const typeOf = ({ typeName }: Tree): string => (isObject(typeName) && strings(typeName.names as Node[]).at(-1)) || "";
/** The name of one relation or type is exchanged; other names, and lists of names, are not. */
const isRegistered = (cast: Tree): boolean =>
  REGISTERED.test(typeOf(cast)) ||
  (typeOf(cast).startsWith("reg") && isObject(cast.typeName) && "arrayBounds" in cast.typeName);

const textOf = (constant: Tree): string | undefined =>
  isObject(constant.sval) ? String(constant.sval.sval ?? "") : undefined;
const saysOf = (node: unknown): string | undefined =>
  isObject(node) && isObject(node.A_Const) ? textOf(node.A_Const) : undefined;
/** Another cast than that to a name makes a text of it, which nobody exchanges. */
const castArgument = (node: unknown): unknown =>
  isObject(node) && isObject(node.TypeCast) && typeOf(node.TypeCast) === "regclass" ? node.TypeCast.arg : node;

function isIn(name: string, schemas: ReadonlySet<string>): boolean {
  const [first, dot] = scan(name);
  return first !== undefined && dot?.text === "." && schemas.has(nameIn(first));
}

/** Whether a text has a name in one of the schemas in it, in whatever capitals. */
function namesSchema(schemas: ReadonlySet<string>): (text: string | undefined) => boolean {
  const words = new Set([...schemas].map((schema) => schema.toLowerCase()));
  return (text) =>
    text !== undefined &&
    [...words].some((word) => {
      for (let at = text.toLowerCase().indexOf(word); at >= 0; at = text.toLowerCase().indexOf(word, at + 1)) {
        const isWhole = !/[\w$]/.test(text[at - 1] ?? "") && !/[\w$]/.test(text[at + word.length] ?? "");
        if (isWhole && /^"?\s*\.\s*["\w%]/.test(text.slice(at + word.length))) return true;
      }
      return false;
    });
}
