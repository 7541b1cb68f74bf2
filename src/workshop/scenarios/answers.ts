/** Answers that nobody gave: they look like somebody's, and depend on the seed alone. */
import { randomOf, type Random } from "../../generate/random.ts";
import { questionsOf } from "../forms/index.ts";
import type { FormNode } from "../forms/node.ts";
import type { Answer, Answers } from "../processors/types.ts";

/** All questions of the form answered. */
export function answersTo(form: FormNode, ...seed: readonly (string | number)[]): Answers {
  const random = randomOf(...seed);
  const fill = ({ children = [] }: FormNode): Answers =>
    Object.fromEntries(
      children.flatMap((child): readonly (readonly [string, Answer | Answers])[] => {
        if (child.answerType !== undefined) return [[child.slug, answerTo(child, random)]];
        return questionsOf(child).length > 0 ? [[child.slug, fill(child)]] : [];
      }),
    );
  return fill(form);
}

function answerTo({ answerType, from = 0, to = 1, options = [] }: FormNode, random: Random): Answer {
  switch (answerType) {
    case "boolean":
      return random.int(0, 1) === 1;
    case "number":
      return Number.isInteger(from) ? random.int(from, to) : random.int(from * 10, to * 10) / 10;
    case "date":
      return `${random.int(from, to)}-${twoDigits(random.int(1, 12))}-${twoDigits(random.int(1, 28))}`;
    default:
      return random.pick(options);
  }
}

const twoDigits = (n: number): string => String(n).padStart(2, "0");
