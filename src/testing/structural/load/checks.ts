/** All structural checks of loads, in the order in which they are made. */
import type { CheckOn } from "../check.ts";
import { brokenRows } from "./checks/broken_rows.ts";
import { emptyFile } from "./checks/empty_file.ts";
import { sameFileTwice } from "./checks/same_file_twice.ts";
import { wholeRows } from "./checks/whole_rows.ts";
import type { LoadStage } from "./load_stage.ts";

export type LoadCheck = CheckOn<LoadStage>;

export const loadChecks: readonly LoadCheck[] = [emptyFile, wholeRows, brokenRows, sameFileTwice];
