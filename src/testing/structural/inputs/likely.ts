/** Constants of a person's SQL as values of a column. */
import type { Random } from "../../../generate/random.ts";
import { withoutDomains } from "../../../generate/conditions.ts";
import { dateText, secondsOf } from "../../../generate/values/days.ts";
import { decimalOf } from "../../../generate/values/decimal.ts";
import { likePattern, regexPattern } from "../../../generate/values/pattern.ts";
import type { ComparedText } from "../../../sql/lineage/compared.ts";
import type { TypeFacts } from "../../../warehouse/facts/types.ts";

const WHOLE: Readonly<Record<string, bigint>> = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n };
const TIMES: ReadonlySet<string> = new Set(["date", "timestamp", "timestamptz"]);

/** Whether PostgreSQL takes the text for a value of the type, as far as that is sure. */
export function fits(type: TypeFacts, text: string): boolean {
  if (type.is === "domain") return fits(type.of, text);
  if (type.is === "enum") return type.labels.includes(text);
  if (type.is === "range") return /^[[(].*[\])]$/.test(text);
  if (type.is !== "base") return false;
  const { name, modifiers } = type;
  const end = WHOLE[name];
  if (end !== undefined) return /^-?\d{1,19}$/.test(text) && BigInt(text) < end && BigInt(text) >= -end;
  switch (name) {
    case "text":
    case "citext":
      return true;
    case "varchar":
    case "bpchar":
      return [...text].length <= (modifiers[0] ?? Infinity);
    case "numeric": {
      const [precision, scale = 0] = modifiers;
      const whole = decimalOf(text) ? text.replace(/^-?0*|\..*$/g, "").length : Infinity;
      return whole <= (precision === undefined ? 100 : precision - scale);
    }
    case "float4":
    case "float8":
      return decimalOf(text) !== undefined;
    case "bool":
      return /^(true|false)$/.test(text);
    case "uuid":
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
    default:
      return TIMES.has(name) && /^\d{4}-\d\d-\d\d/.test(text) && secondsOf(text) !== undefined;
  }
}

/** Values that make a comparison true, and such that do not. */
export function likely(type: TypeFacts, text: string, how: ComparedText["how"], random: Random): readonly string[] {
  if (how === "like" || how === "regex") {
    const pattern = how === "like" ? likePattern(text, false) : regexPattern(text, false);
    return pattern ? [pattern.make(random)] : [];
  }
  if (type.is === "range") return around(type.of, text);
  if (!fits(type, text)) return [];
  return how === "equal" ? [text] : [text, ...beside(withoutDomains(type), text)].filter((one) => fits(type, one));
}

/** Ranges that hold the value, and one that ends before it. */
function around(type: TypeFacts, text: string): readonly string[] {
  const [before, after] = fits(type, text) ? beside(type, text) : [];
  return before === undefined || after === undefined ? [] : [`[${before},${after}]`, `[${text},)`, `(,${text})`];
}

function beside(type: TypeFacts, text: string): readonly string[] {
  if (type.is !== "base") return [];
  if (type.name in WHOLE) return [String(BigInt(text) - 1n), String(BigInt(text) + 1n)];
  if (/^(numeric|float[48])$/.test(type.name)) {
    const number = Number(text);
    return Number.isSafeInteger(Math.trunc(number)) ? [String(number - 1), String(number + 1)] : [];
  }
  const seconds = TIMES.has(type.name) ? secondsOf(text) : undefined;
  if (seconds === undefined) return [];
  const day = Math.floor(seconds / 86_400);
  return [dateText(day - 1), dateText(day + 1)];
}

/** A day or time as `to_date` and `to_timestamp` read it by their format. */
export function textAs(format: string, text: string): string {
  const [, year = "2024", month = "01", day = "01", hour = "00", minute = "00", second = "00"] =
    /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d))?/.exec(text) ?? [];
  if (!/YY/i.test(format)) return text;
  const parts: Readonly<Record<string, string>> = {
    YYYY: year,
    YY: year.slice(2),
    MM: month,
    DD: day,
    HH24: hour,
    MI: minute,
    SS: second,
  };
  return format.replace(/YYYY|YY|MM|DD|HH24|MI|SS/gi, (part) => parts[part.toUpperCase()]!);
}
