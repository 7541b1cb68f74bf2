import { badValue, conflictingKeys } from "../codes/definition_codes.ts";
import { defined } from "../definitions.ts";
import { repeated, tooLong } from "../names.ts";
import type { Path, Problem } from "../problem.ts";
import type { RawColumn } from "../syntax/columns.ts";
import type { Column } from "../types.ts";
import { quoted } from "../words.ts";

const SERIAL = /^(small|big)?serial$/i;

export function columnsOf(
  raw: readonly RawColumn[] | undefined,
  notNull: ReadonlySet<string> = new Set(),
): readonly Column[] {
  return (raw ?? []).map((column) =>
    defined<Column>({
      name: column.name,
      type: column.type,
      description: column.description,
      phi: column.phi ?? false,
      deniesPhi: column.phi === false ? true : undefined,
      declassified: column.declassified,
      notNull: (column.not_null ?? false) || notNull.has(column.name) || column.identity !== undefined,
      identity: column.identity,
      default: column.default === undefined ? undefined : String(column.default),
      examples: column.examples?.map((example) => (example === null ? null : String(example))),
    }),
  );
}

export function columnProblems(raw: readonly RawColumn[] | undefined, path: Path): readonly Problem[] {
  if (!raw) return [];
  const problems: Problem[] = [];
  raw.forEach((column, i) => {
    problems.push(...tooLong(column.name, [...path, i, "name"]));
    const type = typeProblem(column.type);
    if (type) problems.push({ code: badValue, path: [...path, i, "type"], ...type });
    if (column.declassified !== undefined && column.phi !== false) {
      problems.push({
        code: conflictingKeys,
        path: [...path, i, "declassified"],
        at: "key",
        message: `column ${quoted(column.name)} is "declassified" but does not say "phi: false"`,
        hint: column.phi ? "Keep one of them." : 'Add "phi: false" before it.',
      });
    }
    if (column.identity !== undefined && column.default !== undefined) {
      problems.push({
        code: conflictingKeys,
        path: [...path, i, "default"],
        at: "key",
        message: `column ${quoted(column.name)} has both "identity" and "default"`,
        hint: "Keep one of them: an identity column gets its value from PostgreSQL.",
      });
    }
  });
  const repeats = repeated(
    raw.map((column) => column.name),
    (i) => [...path, i, "name"],
  );
  return [...problems, ...repeats];
}

type TypeProblem = Pick<Problem, "message" | "hint"> | undefined;

/** Projects have few types and many columns. */
const judged = new Map<string, TypeProblem>();

function typeProblem(type: string): TypeProblem {
  if (!judged.has(type)) judged.set(type, judgeType(type));
  return judged.get(type);
}

function judgeType(type: string): TypeProblem {
  if (SERIAL.test(type)) {
    const plain = type.toLowerCase().replace("serial", "int").replace(/^int$/, "integer");
    return {
      message: `${type} is not a type but a way to number rows`,
      hint: `Write type: ${plain} and identity: always.`,
    };
  }
  const open = type.split("(").length;
  if (open !== type.split(")").length || /[;\n\0]|--/.test(type)) {
    return { message: `${quoted(type)} is not a type`, hint: "Look at its parentheses." };
  }
  return undefined;
}
