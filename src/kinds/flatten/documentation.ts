export const documentation = `Turns nested JSON documents, such as forms that people filled in, into one row for each answer. The forms say what the
answers are; what no form knows, or what does not fit, is kept in a table of rejects, each with its reason.

\`\`\`yaml
# pipelines/clinic/response_events.yaml
kind: flatten
description: One row for each answer of a member's form.
inputs:
  - source: form_responses
  - source: form_schemas
flatten:
  documents:
    from: clinic.form_responses
    column: responses
    key: id
    schema_key: form_id
    carry: {id: submission_id, form_id: form_id, user_id: user_id}
  schema: {from: clinic.form_schemas, column: schema, key: id}
output:
  table: dwh.response_events
  columns:
    - {name: submission_id, type: uuid}
    - {name: form_id, type: uuid}
    - {name: user_id, type: uuid}
    - {name: schema_path, type: text}
    - {name: item_index, type: "integer[]"}
    - {name: value, type: text}
    - {name: answer_type, type: text}
    - {name: tag, type: text}
    - {name: processed_on, type: timestamptz}
  primary_key: [submission_id, schema_path, item_index]
\`\`\`

**Columns.** Each column of the output is a part of the answer, by its name: \`schema_path\`, \`item_index\`, \`value\`,
\`answer_type\`, \`tag\`, \`value_text\`, \`value_number\`, \`value_boolean\`, \`value_date\`, \`value_json\` (the answer as
JSON) and \`processed_on\` (one time for the whole run); or it goes along from the document. Leave out what you do not need.
The document's key is always among them.

**Forms.** A schema is a tree: a node has a slug, perhaps nodes below it, and if it is a question, an answer type. Under
which keys, \`nodes:\` says. A node may be a section and a question at once. Instead of forms, \`paths:\` lists the answers
by hand; and \`format: fhir\` reads Questionnaire and QuestionnaireResponse.

**Paths.** \`schema_path\` is the slugs on the way to the answer, joined by dots; the form's own slug is left out. A dot, a
quote or a backslash within a slug gets a backslash before it, so that no two answers share a path: \`a.b\\.c\` is slug
\`b.c\` in section \`a\`.

**Lists.** A section or an answer may be a list. \`item_index\` then has a number for each list on the way, from 1:
\`{2,1}\` is the first in the second. Without lists it is \`{}\`. A list directly within a list is rejected. An empty list,
like an empty object, holds no answer and makes no row.

**Values.** \`value\` is the text of the answer: \`true\`, \`false\`, numbers with the digits that they have, and NULL for
\`null\`. A text may be of any answer type whose values it looks like: "27" is a number, "true" a boolean, "2018-02-28" a
date. Answer types that are not known are text, and text takes every value. \`types:\` says more.

**Nothing vanishes.** Every scalar in a document is an answer read, and
answers read = rows + rejected + ignored; the run tells all four, and publishes nothing where the sum is wrong.

| reason | what is rejected |
| --- | --- |
| \`unknown_path\` | an answer that the form has no node for |
| \`misfit\` | a value that does not fit the answer type |
| \`not_a_question\`, \`not_an_answer\` | an answer where the form has a section or only a text; an object where it has a question |
| \`list_in_list\` | what is in a list directly within a list |
| \`malformed\`, \`repeated_slug\`, \`too_deep\` | a whole document that is no JSON, has a key twice in one object, or is nested too deeply |
| \`not_an_object\`, \`no_document\` | a document that is no object, or NULL |
| \`no_key\`, \`repeated_key\` | a document without a key, or several with the same |
| \`carried_misfit\` | a line of a file with something that goes along and does not fit its column |
| \`other_resource\`, \`no_value\`, \`several_values\` | of FHIR: what is no QuestionnaireResponse, and an answer without a value or with several |
| \`unknown_form\` | a document whose form is not there, or can't be read |
| \`no_slug\`, \`repeated_node\`, \`no_form_key\`, \`repeated_form\` | what is wrong with a form; \`document\` is NULL then |

A rejected document is one row, and counts as one answer. \`ignore:\` names paths that are left out without a row, with all
that is below them. Who may select from the output may select from its rejects; if any of its columns is marked
\`phi: true\`, only their owner may.

**Two engines.** Documents in a table are flattened inside PostgreSQL, by one statement for all events; what that did not
take is then looked for in the documents that are not complete. Documents in files, and FHIR, are streamed through CTF,
document by document, as are documents that a function maps; \`engine: stream\` does so with other tables too. Both make the
same rows. Streaming takes no more memory for many documents than for few, so keys of files are not compared with each other:
declare a primary_key.

**A function of your own.** \`map: ./clean.py:clean\` calls a Python function for each node of a document before it is
flattened: first for the whole document, with the path \`""\`, then for what is in it, from the top down. What it gives takes
the value's place, and its members are walked on. Answers are counted as it gives them. Members of a list have the list's path.

\`\`\`python
# pipelines/clinic/clean.py
def clean(path, value):
    if not isinstance(value, str):
        return value
    text = value.strip()
    return text.removesuffix(" kg") if path == "main.weight" else text
\`\`\`

\`map: ./clean.ts:clean\` calls a function that a TypeScript or JavaScript file exports (\`.ts\`, \`.mts\`, \`.js\`, \`.mjs\`):

\`\`\`typescript
// pipelines/clinic/clean.ts
import type { MapNode } from "clover-ctf/nested";

export const clean: MapNode = (path, value) => {
  if (typeof value !== "string") return value;
  const text = value.trim();
  return path === "main.weight" ? text.replace(/ kg$/, "") : text;
};
\`\`\`

Either runs as a python transform does, in a process of its own without a way to the warehouse; what it prints is told
without its words. In Python numbers are \`int\` or \`Decimal\`, and \`null\` is \`None\`. In JavaScript a number is a number, and
a whole one beyond 2^53 a bigint; what is left in its place keeps all its digits. \`undefined\` and NaN are refused. Of
TypeScript, types are left out and nothing is translated, so there are no enums; other files are imported by their whole
names, \`./helper.ts\`, packages from the project's node_modules. Each transform of a run begins with a new process of Node.js.
Python's may serve several: modules of the project are read anew, but not those of packages.

**Modes.** \`replace\` builds the whole table anew. \`append\` takes the documents that are new or differ since the last run,
and puts their rows in the place of the old ones; \`<table>_documents\` keeps a digest of each. Rows of a document that
is gone stay until all are made anew. A change to a form flattens its documents anew, one to the definition all of them.
Events, rejects, questions and digests are published in one transaction.

**Questions.** \`questions: dwh.form_questions\` makes a table of the forms' nodes: form, position, path, section,
answer_type, tag, label, labels (by language), show (the rule by which it is shown) and view_only.

**FHIR** (R4, R5): a slug is a linkId, an answer type the item's type, a tag its first code, and show its enableWhen. Each
\`answer\` is one answer; \`value\` is a coding's code, a quantity's number, a reference's address, and \`value_json\` has the
whole. Where a value has no such part, \`value\` is the whole, as JSON. Groups with the same linkId have an index, as have several
answers of one item. A date without a day, \`2018-04\`, is no day, so it is a misfit unless you say \`types: {date: text}\`.
`;
