/** Why something is no event: the word in the rejects, and what it says to people. No value is ever in it. */
export const reasons = {
  unknown_path: "the form has no such path",
  misfit: "the value does not fit the answer type",
  not_a_question: "there is an answer where the form has none",
  not_an_answer: "there is an object where an answer is expected",
  list_in_list: "there is a list directly within a list",
  not_an_object: "it is no JSON object",
  other_resource: "it is another resource of FHIR than was asked for",
  no_value: "there is an answer without a value",
  several_values: "there is an answer with more than one value",
  no_document: "there is no document",
  no_key: "the document has no key",
  repeated_key: "several documents have this key",
  carried_misfit: "what goes along with the document does not fit its column",
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
