/**
 * Which records PostgreSQL will surely take, as far as a look at their texts can tell: then only the others have to be
 * judged by it, one by one. What is refused all the same only costs time, so each form here is narrower than PostgreSQL's.
 */
import type { FileRecord } from "../../files/types.ts";
import type { Column } from "../../project/types.ts";

type Test = (value: string) => boolean;

const matches =
  (form: RegExp): Test =>
  (value) =>
    form.test(value);

const DATE = "(?!0000)\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])";
const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,6})?)?";
const whole = (digits: number): Test => matches(new RegExp(`^-?\\d{1,${digits}}$`));
const decimal = (digits: number): Test => matches(new RegExp(`^-?\\d{1,${digits}}(?:\\.\\d{1,100})?$`));

const forms: ReadonlyMap<string, Test> = new Map([
  ["smallint", whole(4)],
  ["integer", whole(9)],
  ["int", whole(9)],
  ["bigint", whole(18)],
  ["numeric", decimal(100)],
  ["double precision", matches(/^-?\d{1,15}(?:\.\d{1,15})?$/)],
  ["boolean", matches(/^(?:t|f|true|false)$/)],
  ["date", matches(new RegExp(`^${DATE}$`))],
  ["timestamp", matches(new RegExp(`^${DATE}[ T]${TIME}$`))],
  ["timestamptz", matches(new RegExp(`^${DATE}[ T]${TIME}(?:Z|[+-]0\\d(?::?[0-5]\\d)?)?$`))],
  ["uuid", matches(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)],
  ["text", () => true],
]);

/** Whether a column of this type will take a text. Nothing for a type whose texts PostgreSQL alone can judge. */
export function surely(type: string): Test | undefined {
  const [, name, first, scale = "0"] = /^(\w[\w ]*?) *(?:\((\d+) *(?:, *(\d+))?\))?$/.exec(type.toLowerCase()) ?? [];
  if (name === undefined || first === undefined) return forms.get(type.toLowerCase());
  if (name === "varchar") return (value) => value.length <= Number(first);
  if (name !== "numeric" && name !== "decimal") return undefined;
  // One digit less than there is room for: to round may need it.
  const digits = Number(first) - Number(scale) - 1;
  return digits > 0 ? decimal(digits) : undefined;
}

/** `sure` and `unsure`, each in their order; `neverNull` names the columns in which a NULL is a fault. */
export function divide(
  records: readonly FileRecord[],
  columns: readonly Column[],
  neverNull: ReadonlySet<string>,
): { readonly sure: readonly FileRecord[]; readonly unsure: readonly FileRecord[] } {
  const tests = columns.map(({ type }) => surely(type));
  const maybeNull = columns.map(({ name }) => !neverNull.has(name));
  const isSure = ({ values }: FileRecord): boolean =>
    values.every((value, n) => (value === null ? maybeNull[n]! : (tests[n]?.(value) ?? false)));
  const sure: FileRecord[] = [];
  const unsure: FileRecord[] = [];
  for (const record of records) (isSure(record) ? sure : unsure).push(record);
  return { sure, unsure };
}
