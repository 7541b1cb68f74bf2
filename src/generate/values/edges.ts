/** Values of each type that are easily forgotten, and those at the ends of what it holds. */
import type { TypeFacts } from "../../warehouse/facts/types.ts";
import { type Limits, NO_LIMITS } from "../limits.ts";

interface Edges {
  readonly edge: readonly string[];
  readonly extreme: readonly string[];
}

const INTEGERS: Readonly<Record<string, bigint>> = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n };

/** Without a first or last moment: `infinity` is a date, too. */
const DAYS: Edges = {
  edge: ["2024-02-29", "2023-12-31", "2024-01-01", "2020-02-29"],
  extreme: ["0001-01-01", "9999-12-31", "1900-01-01", "infinity"],
};
const atTime = (times: readonly string[], zone: string): readonly string[] =>
  times.map((day) => (day === "infinity" ? day : `${day} ${day < "2000" ? "00:00:00" : "23:59:59.999999"}${zone}`));

const OTHERS: Readonly<Record<string, Edges>> = {
  date: DAYS,
  timestamp: { edge: atTime(DAYS.edge, ""), extreme: atTime(DAYS.extreme, "") },
  // An hour that came twice, and one that never came, in many a zone.
  timestamptz: {
    edge: [...atTime(DAYS.edge, "+00"), "2024-03-10 07:30:00+00", "2024-11-03 05:30:00+00"],
    extreme: atTime(DAYS.extreme, "+00"),
  },
  time: { edge: ["00:00:00", "23:59:59.999999"], extreme: ["24:00:00"] },
  interval: { edge: ["0 days", "1 mon"], extreme: ["-1 years", "100 years"] },
  float4: { edge: ["0.1"], extreme: ["0", "-1", "1e30", "1e-30"] },
  float8: { edge: ["0.1"], extreme: ["0", "-1", "1e300", "1e-300"] },
  bytea: { edge: ["\\x"], extreme: ["\\x00"] },
  uuid: { edge: [], extreme: ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"] },
  json: { edge: ["{}"], extreme: ["[]", "null"] },
  jsonb: { edge: ["{}"], extreme: ["[]", "null"] },
};

const TEXTS: Edges = {
  edge: ["", " ", "Ünïcødé Ω 中", "O'Brien", "🙂", "100%", "a,b;c"],
  extreme: ["x".repeat(300), "\n\t", "\\N", "NULL"],
};

/** Those that fit the type and the lengths that are asked for. What else a row's checks say of them is the row's matter. */
export function edgeValues(type: TypeFacts, limits: Limits, profile: keyof Edges): readonly string[] {
  if (limits !== NO_LIMITS) return valuesOf(type, limits, profile);
  const kept = known[profile];
  const found = kept.get(type) ?? valuesOf(type, limits, profile);
  kept.set(type, found);
  return found;
}

/** A column without checks gets the same ones in all of its rows. */
const known: Readonly<Record<keyof Edges, WeakMap<TypeFacts, readonly string[]>>> = {
  edge: new WeakMap(),
  extreme: new WeakMap(),
};

function valuesOf(type: TypeFacts, limits: Limits, profile: keyof Edges): readonly string[] {
  switch (type.is) {
    case "array":
      return profile === "edge" ? ["{}"] : ["{NULL}"];
    case "range":
      return profile === "edge" ? ["empty"] : ["(,)"];
    case "multirange":
      return profile === "edge" ? ["{}"] : [];
    case "base":
      return ofBase(type.name, type.modifiers, limits)[profile];
    default:
      // Domains and enums say themselves what there is.
      return [];
  }
}

const NONE: Edges = { edge: [], extreme: [] };

function ofBase(name: string, modifiers: readonly number[], limits: Limits): Edges {
  const end = INTEGERS[name];
  if (end !== undefined) return { edge: [], extreme: ["0", "-1", String(end - 1n), String(-end)] };
  if (name === "numeric") return numeric(modifiers);
  const longest = name === "text" || name === "citext" ? Infinity : name === "varchar" ? (modifiers[0] ?? Infinity) : 0;
  if (longest === 0) return OTHERS[name] ?? NONE;
  const fits = (text: string): boolean => {
    const length = [...text].length;
    return length >= limits.shortest && length <= Math.min(limits.longest, longest);
  };
  return { edge: TEXTS.edge.filter(fits), extreme: TEXTS.extreme.filter(fits) };
}

function numeric([precision, scale = 0]: readonly number[]): Edges {
  if (precision === undefined) return { edge: ["0.1"], extreme: ["0", "-1", "1e30", "0.000000000000000000001"] };
  const units = "9".repeat(precision);
  const most =
    scale <= 0
      ? units + "0".repeat(-scale)
      : `${units.slice(0, -scale) || "0"}.${units.slice(-scale).padStart(scale, "0")}`;
  const least = scale > 0 ? `0.${"1".padStart(scale, "0")}` : "1";
  return { edge: [least], extreme: ["0", most, `-${most}`] };
}
