/** All hints on one SELECT. To add one: a file, and a line here. */
import type { Code as DiagnosticCode, Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Code } from "../../project/types.ts";
import { analyse } from "../lineage/lineage.ts";
import type { Catalog } from "../lineage/scope.ts";
import { placesIn } from "../positions.ts";
import { allowances, allowOfNothing, allowWithoutReason } from "./allow.ts";
import type { Finding, Hint } from "./hint.ts";
import { notInNullable } from "./not_in_nullable.ts";
import { nullComparison } from "./null_comparison.ts";
import { findSecurityDefiners, securityDefiner } from "./security_definer.ts";
import { selectStar } from "./select_star.ts";
import { undoneOuterJoin } from "./undone_outer_join.ts";

export const hints: readonly Hint[] = [notInNullable, nullComparison, selectStar, undoneOuterJoin];

/**
 * What is valid and most likely wrong in a SELECT, in the order of the file. Lines with `-- ctf: allow CODE because …`
 * are left out. Text that is not one SELECT gets none. The caller has awaited `loadParser()`.
 */
export function hintsOn(code: Code, catalog: Catalog): readonly Diagnostic[] {
  const analysed = analyse(code.text, catalog);
  if (!analysed) return [];
  return told(
    code,
    hints.flatMap((hint) =>
      hint.find(analysed).map((finding) => ({ ...finding, hint: hint.code, instead: finding.hint })),
    ),
  );
}

/** The same on the statements of a `sql` transform. */
export const hintsOnStatements = (code: Code): readonly Diagnostic[] =>
  told(
    code,
    findSecurityDefiners(code.text).map((finding) => ({ ...finding, hint: securityDefiner, instead: finding.hint })),
  );

const KNOWN = new Set([...hints.map(({ code }) => code.code), securityDefiner.code]);

type Found = Pick<Finding, "offset" | "message"> & { readonly hint: DiagnosticCode; readonly instead: string };

/** Those that no comment allows, and the comments that don't say why they do. */
function told(code: Code, findings: readonly Found[]): readonly Diagnostic[] {
  const places = placesIn(code);
  const allowed = allowances(code.text, places);
  const lineOf = (offset: number): number => places.position(offset).line;
  const spanOf = (offset: number): Diagnostic["span"] & object => ({ file: code.file, start: places.position(offset) });
  const found = findings.flatMap(({ hint, offset, message, instead }) => {
    const span = spanOf(offset);
    const isAllowed = allowed.some(
      ({ codes, hasReason, lines }) => hasReason && codes.includes(hint.code) && lines.includes(span.start?.line ?? 0),
    );
    return isAllowed ? [] : [{ offset, diagnostic: hint({ message, hint: instead, span }) }];
  });
  const unreasoned = allowed
    .filter(({ hasReason }) => !hasReason)
    .map(({ offset }) => ({
      offset,
      diagnostic: allowWithoutReason({
        message: "this allows a hint without saying why, so it does not count",
        hint: "write `-- ctf: allow CTF331 because …`",
        span: spanOf(offset),
      }),
    }));
  const idle = allowed
    .filter(({ hasReason }) => hasReason)
    .flatMap(({ codes, lines, offset }) =>
      codes
        .filter((allows) => findings.every((one) => one.hint.code !== allows || !lines.includes(lineOf(one.offset))))
        .map((allows) => ({
          offset,
          diagnostic: allowOfNothing({
            message: KNOWN.has(allows)
              ? `this allows ${allows}, and there is none here`
              : `this allows ${allows}, which is no hint on SQL that could be allowed`,
            hint: "Remove it, or put it on the line that it is about or the one above.",
            span: spanOf(offset),
          }),
        })),
    );
  return [...found, ...unreasoned, ...idle].sort((a, b) => a.offset - b.offset).map(({ diagnostic }) => diagnostic);
}
