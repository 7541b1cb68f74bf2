/** Why something is no event: the word in the rejects, and what it says to people. No value is ever in it. */
export const reasons = {
  unknown_path: "the form has no such path",
  misfit: "the value does not fit the answer type",
  not_a_question: "there is an answer where the form has none",
  not_an_answer: "there is an object where an answer is expected",
  list_in_list: "there is a list directly within a list",
  not_an_object: "the document is no JSON object",
  no_value: "there is an answer without a value",
  no_document: "there is no document",
  no_key: "the document has no key",
  repeated_key: "several documents have this key",
  unknown_form: "there is no such form, or its schema can't be read",
  malformed: "it is not well-formed JSON, or holds what PostgreSQL can't store",
  repeated_slug: "a key comes twice in one object",
  too_deep: "it is nested too deeply to be read",
  no_slug: "a node of the form has no slug",
  repeated_node: "two nodes of the form have the same path",
  no_form_key: "a form has no key",
  repeated_form: "several forms have this key",
} as const;

export type Reason = keyof typeof reasons;
