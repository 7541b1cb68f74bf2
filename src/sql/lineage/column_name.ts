/** The name that PostgreSQL gives an output column without AS (parse_target.c, FigureColname). */
import { as, nameOf, strings, type Node, type SelectStmt } from "../tree.ts";

/** A weak name gives way to any other further in: of `CASE … ELSE x END` it is x. */
interface Name {
  readonly name: string;
  readonly weak: boolean;
}

/** By the type of node. */
const FIXED: Readonly<Record<string, string>> = {
  GroupingFunc: "grouping",
  MergeSupportFunc: "merge_action",
  A_ArrayExpr: "array",
  RowExpr: "row",
  CoalesceExpr: "coalesce",
  XmlSerialize: "xmlserialize",
  JsonParseExpr: "json",
  JsonScalarExpr: "json_scalar",
  JsonSerializeExpr: "json_serialize",
  JsonObjectConstructor: "json_object",
  JsonArrayConstructor: "json_array",
  JsonArrayQueryConstructor: "json_array",
  JsonObjectAgg: "json_objectagg",
  JsonArrayAgg: "json_arrayagg",
};

/** By the `op` of the node. */
const BY_OPERATION: Readonly<Record<string, string>> = {
  IS_GREATEST: "greatest",
  IS_LEAST: "least",
  IS_XMLCONCAT: "xmlconcat",
  IS_XMLELEMENT: "xmlelement",
  IS_XMLFOREST: "xmlforest",
  IS_XMLPARSE: "xmlparse",
  IS_XMLPI: "xmlpi",
  IS_XMLROOT: "xmlroot",
  JSON_EXISTS_OP: "json_exists",
  JSON_QUERY_OP: "json_query",
  JSON_VALUE_OP: "json_value",
  SVFOP_CURRENT_DATE: "current_date",
  SVFOP_CURRENT_TIME: "current_time",
  SVFOP_CURRENT_TIME_N: "current_time",
  SVFOP_CURRENT_TIMESTAMP: "current_timestamp",
  SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
  SVFOP_LOCALTIME: "localtime",
  SVFOP_LOCALTIME_N: "localtime",
  SVFOP_LOCALTIMESTAMP: "localtimestamp",
  SVFOP_LOCALTIMESTAMP_N: "localtimestamp",
  SVFOP_CURRENT_ROLE: "current_role",
  SVFOP_CURRENT_USER: "current_user",
  SVFOP_USER: "user",
  SVFOP_SESSION_USER: "session_user",
  SVFOP_CURRENT_CATALOG: "current_catalog",
  SVFOP_CURRENT_SCHEMA: "current_schema",
};

const WITH_OPERATION = new Set(["MinMaxExpr", "XmlExpr", "JsonFuncExpr", "SQLValueFunction"]);

export function columnName(node: Node | undefined): string {
  return figure(node)?.name ?? "?column?";
}

function figure(node: Node | undefined): Name | undefined {
  const kind = node && nameOf(node);
  if (!node || kind === undefined) return undefined;
  const fixed = FIXED[kind];
  if (fixed !== undefined) return strong(fixed);
  if (WITH_OPERATION.has(kind)) {
    const name = BY_OPERATION[(Object.values(node)[0] as { readonly op?: string }).op ?? ""];
    return name === undefined ? undefined : strong(name);
  }
  switch (kind) {
    case "ColumnRef":
      return strong(strings(as("ColumnRef", node)!.fields).at(-1));
    case "A_Indirection": {
      const { arg, indirection } = as("A_Indirection", node)!;
      return strong(strings(indirection).at(-1)) ?? figure(arg);
    }
    case "FuncCall":
      return strong(strings(as("FuncCall", node)!.funcname).at(-1));
    case "A_Expr":
      return as("A_Expr", node)!.kind === "AEXPR_NULLIF" ? strong("nullif") : undefined;
    case "CollateClause":
      return figure(as("CollateClause", node)!.arg);
    case "TypeCast": {
      const { arg, typeName } = as("TypeCast", node)!;
      return unlessStrong(figure(arg), strings(typeName?.names).at(-1));
    }
    case "CaseExpr":
      return unlessStrong(figure(as("CaseExpr", node)!.defresult), "case");
    case "SubLink": {
      const { subLinkType, subselect } = as("SubLink", node)!;
      if (subLinkType === "EXISTS_SUBLINK") return strong("exists");
      if (subLinkType === "ARRAY_SUBLINK") return strong("array");
      if (subLinkType !== "EXPR_SUBLINK") return undefined;
      return strong(firstColumnName(as("SelectStmt", subselect)));
    }
    default:
      return undefined;
  }
}

/** Of a subquery that stands for a value; it keeps its name even if that is `?column?`. */
function firstColumnName(select: SelectStmt | undefined): string {
  let left = select;
  while (left?.larg) left = left.larg;
  if (left?.valuesLists) return "column1";
  const target = as("ResTarget", left?.targetList?.[0]);
  return target?.name ?? columnName(target?.val);
}

const strong = (name: string | undefined): Name | undefined => (name === undefined ? undefined : { name, weak: false });

function unlessStrong(inner: Name | undefined, name: string | undefined): Name | undefined {
  return (inner && !inner.weak) || name === undefined ? inner : { name, weak: true };
}
