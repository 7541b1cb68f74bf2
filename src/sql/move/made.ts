/** What statements make, under its qualified names. */
import type { Code } from "../../project/types.ts";
import { mentionsIn } from "../mentions/mentions.ts";
import { madeObjects, type What } from "./objects.ts";

/** An object that statements make, by its qualified name. */
export interface Made {
  readonly what: What;
  readonly schema: string;
  readonly name: string;
}

/** All that statements make under qualified names. The caller has awaited `loadParser()`. */
export function madeIn(code: Pick<Code, "text">): readonly Made[] {
  const { mentions, statements } = mentionsIn(code.text);
  const relations = mentions.flatMap(({ access, schema, name }): readonly Made[] =>
    schema !== undefined && (access === "make" || access === "make_sequence")
      ? [{ what: "relation", schema, name }]
      : [],
  );
  const others = statements.flatMap((statement) =>
    madeObjects(statement).flatMap(({ what, names: [schema, name] }): readonly Made[] =>
      schema === undefined || name === undefined ? [] : [{ what, schema, name }],
    ),
  );
  return [...relations, ...others];
}
