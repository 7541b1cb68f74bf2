/** Ways to make events of a submission's answers. */
import { mapNested } from "../../library/nested.ts";
import { questionsOf } from "../forms/index.ts";
import type { FormNode } from "../forms/node.ts";
import type { Answer, Answers, Event, Submission, Transform } from "./types.ts";

/** Walks the form beside the answers, anew for each submission. */
export const walk: Transform = (processedOn) =>
  function* (submissions) {
    for (const submission of submissions) {
      yield* mapNested(
        { node: submission.schema, answer: submission.responses as Answer | Answers | undefined },
        function* ({ node, answer }, slugs) {
          if (node.answerType === undefined || answer === undefined) return;
          yield eventOf(submission, processedOn, node, slugs.join("."), answer as Answer);
        },
        ({ node, answer }) =>
          (node.children ?? []).map((child) => [child.slug, { node: child, answer: below(answer, child.slug) }]),
      );
    }
  };

/** Walks each form once, and remembers where its answers are. */
export const pathMap: Transform = (processedOn) => {
  const pathsOf = remembered((schema) => questionsOf(schema).map((one) => ({ ...one, path: one.slugs.join(".") })));
  return function* (submissions) {
    for (const submission of submissions) {
      for (const { slugs, path, node } of pathsOf(submission)) {
        const answer = slugs.reduce<Answer | Answers | undefined>(below, submission.responses);
        if (answer !== undefined) yield eventOf(submission, processedOn, node, path, answer as Answer);
      }
    }
  };
};

/** All events of a chunk in one list before the first is loaded. */
export const inLists: Transform = (processedOn) => (submissions) => [...walk(processedOn)(submissions)];

const eventOf = (
  { id, userId, formId, source, created, submitted }: Submission,
  processedOn: string,
  { answerType, tag }: FormNode,
  path: string,
  answer: Answer,
): Event => [
  id,
  userId,
  formId,
  source,
  created,
  submitted,
  processedOn,
  path,
  answer === null ? null : String(answer),
  answerType!,
  tag ?? null,
];

const below = (answer: Answer | Answers | undefined, slug: string): Answer | Answers | undefined =>
  typeof answer === "object" && answer !== null ? answer[slug] : undefined;

/** What a function makes of a form, kept by the form's id. */
function remembered<T>(make: (schema: FormNode) => T): (of: Pick<Submission, "formId" | "schema">) => T {
  const known = new Map<number, T>();
  return ({ formId, schema }) => {
    if (!known.has(formId)) known.set(formId, make(schema));
    return known.get(formId)!;
  };
}
