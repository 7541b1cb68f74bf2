/** What a python function is given, as the plan says it. */
import { givenTo } from "../../check/functions/given.ts";
import type { PythonInput } from "../../plan/types.ts";
import type { Project, Transform } from "../../project/types.ts";

export const parametersOf = (transform: Transform, project: Project): readonly PythonInput[] =>
  givenTo(transform, project).map((given): PythonInput => {
    const { parameter } = given;
    if (given.type === "files") {
      return { type: "files", parameter, source: given.maker, patterns: given.patterns };
    }
    const { schema, name, columns } = given.table;
    return { type: "table", parameter, table: { schema, name }, columns };
  });
