/** All kinds of transform. To add one: a folder with its syntax, words and plan, and a line here. */
import type { Kind, Kinds } from "../plan/kind.ts";
import { createTableAs } from "./create_table_as/kind.ts";
import { flatten } from "./flatten/kind.ts";
import { load } from "./load/kind.ts";
import { noOp } from "./no_op/kind.ts";
import { python } from "./python/kind.ts";
import { sql } from "./sql/kind.ts";
import { upsert } from "./upsert/kind.ts";

const all: readonly Kind[] = [createTableAs, upsert, sql, load, flatten, python, noOp];

export const kinds: Kinds = new Map(all.map((kind) => [kind.name, kind]));
