/** How a refusal is told: whatever refused the rows says why, and this on which rows it was. */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { MadeRows } from "../../../generate/types.ts";
import { tableText } from "../../../project/types.ts";
import { duplicateKey } from "../../../warehouse/build/codes.ts";
import { raised } from "../../../worker/codes.ts";
import { threw } from "../../../worker/javascript/codes.ts";
import type { Problem, Tries, Witness } from "../checks/check.ts";
import { breaksOwnRules, failsOnExtremes, failsOnRows, needsUndeclaredKey } from "../codes.ts";
import { withoutKey } from "../inputs/made_inputs.ts";
import type { Outcome, Refusal } from "./outcome.ts";
import type { StructuralSubject } from "../subject.ts";

const DUPLICATE = "23505";

/** `on`: which rows, as in "on empty inputs". */
export function toldRefusal(refused: Refusal, on: string, subject: StructuralSubject): Problem["diagnostic"] {
  const { facts, planned } = subject;
  const inner = refused.diagnostics[0]!;
  const { span = { file: planned.file }, hint } = inner;
  // An exception's own words are shown here without anybody asking for them.
  const isOpen = hint !== undefined && inner.code !== raised.code && inner.code !== threw.code;
  const parts = {
    message: `${on}: ${inner.message}`,
    span,
    ...(isOpen && { hint }),
    transform: planned.id,
  };
  if (refused.by !== "rule") return () => failsOnRows(parts);
  return (smallest): Diagnostic => {
    if (!isDuplicate(refused)) return breaksOwnRules(parts);
    const several = [...(smallest ?? [])].flatMap(([text, count]) => (count > 1 ? [text] : []));
    const loose = several.filter((text) => withoutKey(facts.get(text)!));
    const overlapping = several.filter((text) => isPickedByRange(text, subject));
    if (loose.length > 0) {
      const message = `${inner.message}, where ${loose.join(", ")} has rows that are alike; no key of it is declared`;
      return needsUndeclaredKey({ ...parts, message });
    }
    if (overlapping.length > 0) {
      const message = `${inner.message}, where ranges of ${overlapping.join(", ")} overlap; nothing declared speaks of that`;
      return needsUndeclaredKey({ ...parts, message });
    }
    return breaksOwnRules(parts);
  };
}

/** The output's key comes from this table, and the SQL looks at a range for which of its rows it takes. */
const isPickedByRange = (text: string, { facts, keyCopies, uses }: StructuralSubject): boolean =>
  keyCopies.has(text) &&
  facts
    .get(text)!
    .columns.some(
      ({ name, of }) =>
        of.is === "range" &&
        uses.decides.some(
          ({ schema, table, column }) =>
            column === name && schema !== undefined && tableText({ schema, name: table }) === text,
        ),
    );

const isDuplicate = ({ state, diagnostics }: Refusal): boolean =>
  state === DUPLICATE || diagnostics.some(({ code }) => code === duplicateKey.code);

/** For what only unusual values do: it is for the author to say whether they can come. */
export function toldExtreme(refused: Refusal, on: string, { planned }: StructuralSubject): Problem["diagnostic"] {
  const { message, span = { file: planned.file } } = refused.diagnostics[0]!;
  return () => failsOnExtremes({ message: `${on}: ${message}`, span, transform: planned.id });
}

/** It took too long and was stopped: a slow query, or a busy machine. */
export const CANCELLED = "57014";

/** Rows that are refused for the same reason. What was stopped has none: trying fewer rows would take as long, each time. */
export const refusedAlike = (
  rows: readonly MadeRows[],
  refused: Refusal,
  isBrief = false,
): { readonly witness?: Witness } =>
  refused.state === CANCELLED
    ? {}
    : { witness: { rows, isBrief, shows: async (tries: Tries) => isAlike((await tries.once()).refused, refused) } };

const isAlike = (a: Outcome["refused"], b: Refusal): boolean =>
  a !== undefined && a.state === b.state && withoutNumbers(a) === withoutNumbers(b);

/** Rows are counted in some messages, and those that are left count differently. */
const withoutNumbers = ({ diagnostics }: Refusal): string | undefined =>
  diagnostics[0]?.message.replaceAll(/\d+/g, "0");
