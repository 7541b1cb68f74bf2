/** All codes of this room. */
import type { Code } from "../../diagnostics/diagnostic.ts";
import { outdatedLock } from "../requirements.ts";
import { rowCodes } from "../rows/codes.ts";
import { definitionCodes } from "./definition_codes.ts";
import { fileCodes } from "./file_codes.ts";
import { inputCodes } from "./input_codes.ts";

export const codes: readonly Code[] = [...fileCodes, ...definitionCodes, ...inputCodes, outdatedLock, ...rowCodes];
