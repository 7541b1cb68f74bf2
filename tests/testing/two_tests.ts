/** A transform with two tests: one that passes, and one that does not. */
import type { Files } from "../support/files.ts";
import { copyOf } from "./world.ts";

export const two: Files = {
  ...copyOf(
    `
    - {name: id, type: bigint, not_null: true}
    - {name: name, type: text}`,
    "SELECT id, name FROM raw.members",
    "  primary_key: [id]\n",
  ),
  "t.test.yaml": `tests:
  - name: right
    given: {members: [{id: 1, name: Ann}]}
    expect: [{id: 1, name: Ann}]
  - name: wrong
    given: {members: [{id: 1, name: "A & <B>"}]}
    expect: [{id: 1, name: Bob}]
`,
};
