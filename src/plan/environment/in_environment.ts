/** Actions of a plan, moved into an environment: every name in them, wherever it stands, is the environment's own. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type {
  Code,
  Column,
  ForeignKey,
  FunctionOutput,
  Index,
  Output,
  TableOutput,
  Transform,
  ViewOutput,
} from "../../project/types.ts";
import { moveStatements, type Move } from "../../sql/move.ts";
import type {
  Action,
  DocumentFiles,
  DocumentRows,
  DocumentTable,
  FileRows,
  PythonCall,
  ReferencingKey,
  Rows,
} from "../types.ts";
import { notMovable } from "./codes.ts";
import { fileOf, fileReadFrom, isHere, readFrom, writtenTo, type Environment } from "./environment.ts";

/** The caller has awaited `loadParser()`. */
export interface Mover {
  action(action: Action, transform: Transform): Action | readonly Diagnostic[];
  /** Keys of tables that are in the environment themselves: others' rows are none of its business. */
  referencedBy(keys: readonly ReferencingKey[]): readonly ReferencingKey[];
}

export function moverFor(environment: Environment): Mover {
  const move: Move = {
    schemas: environment.schemas,
    functions: environment.functions,
    readFrom: (schema, name, what) => readFrom(environment, { schema, name }, what).schema,
    writtenTo: (schema) => environment.prefix + schema,
  };
  return {
    action(action, transform) {
      const problems: Diagnostic[] = [];
      const moved = actionMover(environment, move, transform, problems)(action);
      return problems.length > 0 ? problems : moved;
    },
    referencedBy: (keys) =>
      keys
        .filter(({ table }) => isHere(environment, table))
        .map(({ table, key }) => ({ table: writtenTo(environment, table), key: foreignKey(environment, key) })),
  };
}

/** A constraint on a table of another environment would hold that up; what it says is verified all the same. */
function foreignKey(environment: Environment, key: ForeignKey): ForeignKey {
  const { columns } = key.references;
  const to = readFrom(environment, key.references);
  return { ...key, references: { ...to, columns }, enforce: key.enforce && isHere(environment, key.references) };
}

/** Everything in one transform's action; what can't be moved is added to `problems`. */
function actionMover(
  environment: Environment,
  move: Move,
  transform: Transform,
  problems: Diagnostic[],
): (action: Action) => Action {
  /** That the transform's statements have made so far. */
  const temporary = new Set<string>();

  function actionMoved(action: Action): Action {
    for (const [name, value] of Object.entries(transform.settings)) {
      const schemas = value.split(",").map((word) => word.trim().replaceAll('"', ""));
      if (name.toLowerCase() === "search_path" && schemas.some((schema) => move.schemas.has(schema)))
        refuse("a search_path that names a schema of outputs", undefined);
    }
    switch (action.type) {
      case "build_table":
        return { ...action, rows: rowsMoved(action.rows), output: tableMoved(action.output) };
      case "merge_rows": {
        const rows = action.rows.type === "query" ? queryMoved(action.rows) : filesMoved(action.rows);
        return { ...action, rows, output: tableMoved(action.output) };
      }
      case "append_rows":
        return { ...action, rows: loadedMoved(action.rows), output: tableMoved(action.output) };
      case "write_file": {
        const path = fileOf(environment.target, action.output.path);
        return { ...action, call: callMoved(action.call), output: { ...action.output, path } };
      }
      case "run_statements": {
        const statements = action.statements.map((code) => codeMoved(code));
        const outputs = action.outputs.map((output) => outputMoved(output));
        // What is made elsewhere stays where it is, and nothing writes there from here.
        return { ...action, statements, outputs, alsoMakes: [] };
      }
      case "verify_outputs": {
        const outputs = action.outputs.map((output) => ({ ...output, ...readFrom(environment, output) }));
        return { ...action, outputs };
      }
    }
  }

  function rowsMoved(rows: Rows): Rows {
    if (rows.type === "query") return queryMoved(rows);
    return rows.type === "python" ? { ...rows, call: callMoved(rows.call) } : loadedMoved(rows);
  }

  const loadedMoved = (rows: FileRows | DocumentRows): FileRows | DocumentRows =>
    rows.type === "files" ? filesMoved(rows) : documentsMoved(rows);

  const documentsMoved = (rows: DocumentRows): DocumentRows => ({
    ...rows,
    documents: { ...rows.documents, from: fromMoved(rows.documents.from) },
    forms: rows.forms.type === "stored" ? { ...rows.forms, from: fromMoved(rows.forms.from) } : rows.forms,
    rejects: writtenTo(environment, rows.rejects),
    ...(rows.questions && { questions: writtenTo(environment, rows.questions) }),
    seen: writtenTo(environment, rows.seen),
  });

  const fromMoved = (from: DocumentTable | DocumentFiles): DocumentTable | DocumentFiles =>
    from.type === "table" ? { ...from, table: readFrom(environment, from.table) } : from;

  function queryMoved<T extends { readonly query: Code }>(rows: T): T {
    return { ...rows, query: codeMoved(rows.query) };
  }

  const filesMoved = (rows: FileRows): FileRows => ({ ...rows, rejects: writtenTo(environment, rows.rejects) });

  function callMoved(call: PythonCall): PythonCall {
    const inputs = call.inputs.map((input) => {
      if (input.type === "table") return { ...input, table: readFrom(environment, input.table) };
      // Of another transform, whose id is in place of a source's name.
      const isMade = transform.inputs.some((one) => one.type === "transform" && one.id === input.source);
      if (!isMade) return input;
      return { ...input, patterns: input.patterns.map((path) => fileReadFrom(environment, { path })) };
    });
    return { ...call, inputs };
  }

  function outputMoved(output: Output): Output {
    switch (output.type) {
      case "table":
        return tableMoved(output);
      case "view":
        return viewMoved(output);
      case "function":
        return functionMoved(output);
      case "file":
        return { ...output, path: fileOf(environment.target, output.path) };
    }
  }

  const viewMoved = (output: ViewOutput): ViewOutput => ({
    ...output,
    ...writtenTo(environment, output),
    columns: columnsMoved(output.columns),
  });

  const functionMoved = (output: FunctionOutput): FunctionOutput => ({
    ...output,
    ...writtenTo(environment, output),
    ...(output.arguments && { arguments: output.arguments.map((type) => typeMoved(type)) }),
  });

  const tableMoved = (output: TableOutput): TableOutput => ({
    ...output,
    ...writtenTo(environment, output),
    columns: columnsMoved(output.columns),
    indexes: output.indexes.map((index) => indexMoved(index)),
    constraints: output.constraints.map((one) => ({ ...one, check: expressionMoved(one.check) })),
    foreignKeys: output.foreignKeys.map((key) => foreignKey(environment, key)),
  });

  const columnsMoved = (columns: readonly Column[]): readonly Column[] =>
    columns.map((column) => ({
      ...column,
      type: typeMoved(column.type),
      ...(column.default !== undefined && { default: expressionMoved(column.default) }),
    }));

  const indexMoved = (index: Index): Index => ({
    ...index,
    ...(index.where !== undefined && { where: expressionMoved(index.where) }),
    keys: index.keys.map((key) => ({
      ...key,
      ...(key.expression !== undefined && { expression: expressionMoved(key.expression) }),
      ...(key.opclass !== undefined && { opclass: typeMoved(key.opclass) }),
    })),
  });

  const expressionMoved = (text: string): string => within("SELECT ", text);
  const typeMoved = (text: string): string => (text.includes(".") ? within("SELECT NULL::", text) : text);

  /** A piece of SQL from the definition; `before` makes a statement of it. */
  function within(before: string, text: string): string {
    const statement = before + text;
    const { text: moved, opaque } = moveStatements({ text: statement, line: 1, column: 1 }, move);
    for (const { what } of opaque) refuse(`${what}, in "${text}"`, undefined);
    return moved.slice(before.length);
  }

  function codeMoved(code: Code): Code {
    const { text, renamed, opaque } = moveStatements(code, move, temporary);
    for (const { what, start } of opaque) refuse(what, { file: code.file, start });
    return renamed.length === 0 ? code : { ...code, text, renamed };
  }

  function refuse(what: string, span: Diagnostic["span"]): void {
    const { id, file } = transform;
    problems.push(
      notMovable({
        message: `${id} can't run on target ${environment.target}: here is ${what}`,
        span: span ?? { file, start: { line: 1, column: 1 } },
        hint: "A name in it could be production's. Write names out as schema.table in plain SQL.",
      }),
    );
  }

  return actionMoved;
}
