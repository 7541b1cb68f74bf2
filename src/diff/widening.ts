/** Which changes of a type take every value as it was, and compute with it as before. */
import type { TypeName } from "../sql/questions/type_names.ts";

/** Each holds all values of those before it; PostgreSQL casts up without being asked and the arithmetic stays the same. */
const LADDERS: readonly (readonly string[])[] = [
  ["int2", "int4", "int8"],
  ["float4", "float8"],
  ["varchar", "text"],
];

/** Types that a modifier only limits: none is the widest. */
const LIMITED = new Set(["varchar", "varbit", "timestamp", "timestamptz", "time", "timetz", "interval"]);

export function widens(from: TypeName, to: TypeName): boolean {
  if (from.isArray !== to.isArray) return false;
  const ladder = LADDERS.find((one) => one.includes(from.name) && one.includes(to.name));
  if (from.name !== to.name) {
    return ladder !== undefined && ladder.indexOf(from.name) < ladder.indexOf(to.name) && to.modifiers.length === 0;
  }
  if (to.modifiers.length === 0) return true;
  if (from.modifiers.length === 0) return false;
  if (from.name === "numeric") {
    const [precision = 0, scale = 0] = from.modifiers;
    const [widerPrecision = 0, widerScale = 0] = to.modifiers;
    return widerScale >= scale && widerPrecision - widerScale >= precision - scale;
  }
  return LIMITED.has(from.name) && from.modifiers.length === 1 && to.modifiers[0]! >= from.modifiers[0]!;
}

export const sameType = (one: TypeName, other: TypeName): boolean =>
  one.name === other.name && one.isArray === other.isArray && one.modifiers.join() === other.modifiers.join();
