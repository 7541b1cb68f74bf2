/** What is valid and most likely wrong in a SELECT. Each hint, with its words, is a file of src/sql/hints. */
import { allowOfNothing, allowWithoutReason } from "../../sql/hints/allow.ts";
import { hints } from "../../sql/hints/index.ts";
import { securityDefiner } from "../../sql/hints/security_definer.ts";
import type { Rule } from "./rule.ts";

const codes = [allowWithoutReason, allowOfNothing, ...hints.map(({ code }) => code), securityDefiner];
const byCode = new Map(codes.map((code) => [code.code, code]));

export const sqlHints: Rule = {
  codes,
  check: ({ project, flows }) =>
    project.transforms.flatMap(({ id, file }) =>
      (flows.get(id)?.hints ?? []).flatMap(({ code, message, hint, span }) => ({
        file,
        transform: id,
        problem: {
          code: byCode.get(code)!,
          path: [],
          message,
          ...(hint !== undefined && { hint }),
          ...(span && { span }),
        },
      })),
    ),
};
