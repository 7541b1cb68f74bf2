import type { Column } from "../types.ts";
import { shortType } from "./type_names.ts";
import type { Item, List } from "./yaml_text.ts";

/** A column to be written, with a remark for the person who goes over it. */
export type NotedColumn = Column & { readonly note?: string };

function columnItem(column: NotedColumn, key: ReadonlySet<string>): Item {
  const { name, type, description, phi, notNull, identity, default: value, note } = column;
  return {
    item: {
      name,
      type: shortType(type),
      ...(description === undefined ? {} : { description }),
      ...(phi ? { phi } : {}),
      ...(notNull && !key.has(name) ? { not_null: true } : {}),
      ...(identity ? { identity } : {}),
      ...(value === undefined ? {} : { default: value }),
    },
    ...(note === undefined ? {} : { note }),
  };
}

/** `primaryKey`: its columns are never null, which need not be said of them again. */
export const columnList = (columns: readonly NotedColumn[], primaryKey: readonly string[] = []): List => {
  const key = new Set(primaryKey);
  return { items: columns.map((column) => columnItem(column, key)) };
};
