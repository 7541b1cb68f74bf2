/** What a check constraint asks, as far as it has one of the common forms. Plain data. */

/** A value in a condition: a column, a constant by its text, or something simple made from one. */
export type Operand =
  | { readonly is: "column"; readonly name: string }
  | { readonly is: "constant"; readonly text: string }
  | { readonly is: "call"; readonly of: Operand; readonly name: "length" | "lower" | "upper" | "trim" }
  /** `extract(day from of)`, by its lower-case field. */
  | { readonly is: "part"; readonly of: Operand; readonly field: string };

export type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=";

export type Condition =
  | { readonly is: "and"; readonly all: readonly Condition[] }
  | { readonly is: "or"; readonly all: readonly Condition[] }
  | { readonly is: "not"; readonly of: Condition }
  | { readonly is: "compare"; readonly left: Operand; readonly op: Comparison; readonly right: Operand }
  | { readonly is: "in"; readonly of: Operand; readonly texts: readonly string[] }
  | { readonly is: "null"; readonly of: Operand }
  /** A POSIX regular expression, or a LIKE pattern. */
  | {
      readonly is: "matches";
      readonly of: Operand;
      readonly pattern: string;
      readonly how: "regex" | "like";
      readonly anyCase: boolean;
    }
  | { readonly is: "true"; readonly of: Operand }
  /** Only PostgreSQL can tell; it speaks of these columns. */
  | { readonly is: "unknown"; readonly columns: readonly string[] };

/** The columns that a condition speaks of. */
export function columnsIn(condition: Condition): readonly string[] {
  switch (condition.is) {
    case "and":
    case "or":
      return [...new Set(condition.all.flatMap(columnsIn))];
    case "not":
      return columnsIn(condition.of);
    case "compare":
      return [...operandColumns(condition.left), ...operandColumns(condition.right)];
    case "unknown":
      return condition.columns;
    default:
      return operandColumns(condition.of);
  }
}

function operandColumns(operand: Operand): readonly string[] {
  if (operand.is === "constant") return [];
  return operand.is === "column" ? [operand.name] : operandColumns(operand.of);
}
