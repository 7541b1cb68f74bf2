import { shellWord } from "../../diagnostics/shell_word.ts";
import type { TableName } from "../types.ts";
import { writeTableName } from "./table_name.ts";

/** The command that declares tables as sources, as people copy it into their shell. */
export const sourceCommand = (...tables: readonly TableName[]): string =>
  `ctf source add ${tables.map((table) => shellWord(writeTableName(table))).join(" ")}`;
