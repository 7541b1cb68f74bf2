/** Looks into zod's schemas: which keys an object has, what a value is described as. */
import type * as z from "zod";
import type { Path } from "../problem.ts";

export type Schema = z.core.$ZodType;

interface Def {
  readonly type: string;
  readonly innerType?: Schema;
  readonly element?: Schema;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly checks?: readonly {
    readonly _zod: { readonly def: { readonly pattern?: RegExp; readonly error?: (issue: object) => unknown } };
  }[];
}
export const defOf = (schema: Schema): Def => schema._zod.def as unknown as Def;

/** All that a schema may be, without what wraps it. */
function unwrap(schema: Schema): readonly Schema[] {
  const def = defOf(schema);
  if (def.innerType) return unwrap(def.innerType);
  return def.options && def.type === "union" ? def.options.flatMap(unwrap) : [schema];
}

export function schemasAt(schema: Schema, path: Path): readonly Schema[] {
  let current: readonly Schema[] = unwrap(schema);
  for (const step of path) {
    current = current.flatMap((one) => {
      const def = defOf(one);
      const next = def.shape?.[step] ?? def.element ?? def.valueType;
      return next ? unwrap(next) : [];
    });
  }
  return current;
}

export const keysOf = (schemas: readonly Schema[]): readonly string[] =>
  schemas.flatMap((one) => Object.keys(defOf(one).shape ?? {}));

export const descriptionOf = (schema: Schema): string | undefined => (schema as Partial<z.ZodType>).description;
