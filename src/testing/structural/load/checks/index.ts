/** All structural checks of loads, in the order in which they are made. */
import { brokenRows } from "./broken_rows.ts";
import type { LoadCheck } from "./check.ts";
import { emptyFile } from "./empty_file.ts";
import { fileOrder } from "./file_order.ts";
import { sameFileTwice } from "./same_file_twice.ts";
import { unusualValues } from "./unusual_values.ts";
import { wholeRows } from "./whole_rows.ts";

export const loadChecks: readonly LoadCheck[] = [
  emptyFile,
  wholeRows,
  unusualValues,
  brokenRows,
  sameFileTwice,
  fileOrder,
];
