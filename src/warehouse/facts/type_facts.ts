/** Types by their oids, with all that they are made of in one piece. */
import type { CatalogType } from "./catalog.ts";
import { readEquality } from "../../sql/conditions/equality.ts";
import { readCondition } from "../../sql/conditions/read.ts";
import type { CheckFacts, TypeFacts } from "./types.ts";

export function typesFrom(types: readonly CatalogType[]): (oid: number, typmod: number) => TypeFacts {
  const byOid = new Map(types.map((type) => [type.oid, type]));
  const typeOf = (oid: number, typmod: number): TypeFacts => {
    const type = byOid.get(oid);
    if (!type) return { is: "base", name: "unknown", modifiers: [] };
    switch (type.is) {
      case "base":
        return { is: "base", name: type.name, modifiers: modifiersOf(type.name, typmod) };
      case "enum":
        return { is: "enum", labels: type.labels };
      case "array":
        return { is: "array", of: typeOf(type.of!, typmod) };
      case "range":
      case "multirange":
        return { is: type.is, of: typeOf(type.of!, -1) };
      case "domain":
        return {
          is: "domain",
          of: typeOf(type.of!, type.typmod),
          base: type.base!,
          notNull: type.notNull,
          checks: type.checks.map(checkFacts),
        };
      case "composite":
        return {
          is: "composite",
          attributes: type.attributes.map(({ name, oid, typmod }) => ({ name, type: typeOf(oid, typmod) })),
        };
    }
  };
  return typeOf;
}

/** As PostgreSQL packs them (numeric.c, varchar.c). */
function modifiersOf(name: string, typmod: number): readonly number[] {
  if (typmod < 0) return [];
  if (name === "varchar" || name === "bpchar") return [typmod - 4];
  if (name === "bit" || name === "varbit") return [typmod];
  if (name !== "numeric") return [];
  const scale = (typmod - 4) & 0x7ff;
  return [((typmod - 4) >> 16) & 0xffff, (scale ^ 1024) - 1024];
}

export function checkFacts({ name, sql }: { readonly name: string; readonly sql: string }): CheckFacts {
  const equality = readEquality(sql);
  return { name, sql, condition: readCondition(sql), ...(equality && { equality }) };
}
