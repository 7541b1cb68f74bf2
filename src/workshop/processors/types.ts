/** What goes from one step of a processor to the next. */
import type { FormNode } from "../forms/node.ts";
import type { Session } from "../session/session.ts";

export type Answer = string | number | boolean | null;
export interface Answers {
  readonly [slug: string]: Answer | Answers;
}

/** A submission as it comes from the database, with the schema of the form that it answers. */
export interface Submission {
  readonly id: string;
  readonly userId: number;
  readonly formId: number;
  readonly source: string;
  readonly created: string;
  readonly submitted: string;
  readonly responses: Answers;
  readonly schema: FormNode;
}

/** One row of dwh.response_events. */
export type Event = readonly [
  submissionId: string,
  userId: number,
  formId: number,
  source: string,
  dateCreated: string,
  dateSubmitted: string,
  processedOn: string,
  schemaPath: string,
  value: string | null,
  answerType: string,
  tag: string | null,
];

export const eventColumns = [
  "submission_id",
  "user_id",
  "form_id",
  "source",
  "date_created",
  "date_submitted",
  "processed_on",
  "schema_path",
  "value",
  "answer_type",
  "tag",
] as const;

/** Reads submissions, some at a time. */
export type Extract = (session: Session, chunk: number) => AsyncIterable<readonly Submission[]>;

/** Makes events of submissions. What is the same for the whole run comes first. */
export type Transform = (processedOn: string) => (submissions: Iterable<Submission>) => Iterable<Event>;

/** Writes events, some at a time. Gives how many. */
export type Load = (session: Session, events: AsyncIterable<Iterable<Event>>, chunk: number) => Promise<number>;
