/** Actions of a plan, moved into an environment: every name in them, wherever it stands, is the environment's own. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Code, Transform } from "../../project/types.ts";
import type { Move } from "../../sql/move/types.ts";
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
import { fileOf, fileReadFrom, isHere, readFrom, writtenTo, type Environment } from "./environment.ts";
import { foreignKey, outputMoved, tableMoved } from "./moved_outputs.ts";
import { codeMoved, refuse, type Moving } from "./moving.ts";

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
      const moved = actionMoved({ environment, move, transform, problems, temporary: new Set() }, action);
      return problems.length > 0 ? problems : moved;
    },
    referencedBy: (keys) =>
      keys
        .filter(({ table }) => isHere(environment, table))
        .map(({ table, key }) => ({ table: writtenTo(environment, table), key: foreignKey(environment, key) })),
  };
}

function actionMoved(moving: Moving, action: Action): Action {
  for (const [name, value] of Object.entries(moving.transform.settings)) {
    const schemas = value.split(",").map((word) => word.trim().replaceAll('"', ""));
    if (name.toLowerCase() === "search_path" && schemas.some((schema) => moving.move.schemas.has(schema)))
      refuse(moving, "a search_path that names a schema of outputs", undefined);
  }
  switch (action.type) {
    case "build_table":
      return { ...action, rows: rowsMoved(moving, action.rows), output: tableMoved(moving, action.output) };
    case "merge_rows": {
      const rows = action.rows.type === "query" ? queryMoved(moving, action.rows) : filesMoved(moving, action.rows);
      return { ...action, rows, output: tableMoved(moving, action.output) };
    }
    case "append_rows":
      return { ...action, rows: loadedMoved(moving, action.rows), output: tableMoved(moving, action.output) };
    case "write_file": {
      const path = fileOf(moving.environment.target, action.output.path);
      return { ...action, call: callMoved(moving, action.call), output: { ...action.output, path } };
    }
    case "run_statements": {
      const statements = action.statements.map((code) => codeMoved(moving, code));
      const outputs = action.outputs.map((output) => outputMoved(moving, output));
      // What is made elsewhere stays where it is, and nothing writes there from here.
      return { ...action, statements, outputs, alsoMakes: [] };
    }
    case "verify_outputs": {
      const outputs = action.outputs.map((output) => ({ ...output, ...readFrom(moving.environment, output) }));
      return { ...action, outputs };
    }
  }
}

function rowsMoved(moving: Moving, rows: Rows): Rows {
  if (rows.type === "query") return queryMoved(moving, rows);
  return rows.type === "python" ? { ...rows, call: callMoved(moving, rows.call) } : loadedMoved(moving, rows);
}

const loadedMoved = (moving: Moving, rows: FileRows | DocumentRows): FileRows | DocumentRows =>
  rows.type === "files" ? filesMoved(moving, rows) : documentsMoved(moving, rows);

const documentsMoved = (moving: Moving, rows: DocumentRows): DocumentRows => ({
  ...rows,
  documents: { ...rows.documents, from: fromMoved(moving, rows.documents.from) },
  forms: rows.forms.type === "stored" ? { ...rows.forms, from: fromMoved(moving, rows.forms.from) } : rows.forms,
  rejects: writtenTo(moving.environment, rows.rejects),
  ...(rows.questions && { questions: writtenTo(moving.environment, rows.questions) }),
  seen: writtenTo(moving.environment, rows.seen),
});

const fromMoved = (moving: Moving, from: DocumentTable | DocumentFiles): DocumentTable | DocumentFiles =>
  from.type === "table" ? { ...from, table: readFrom(moving.environment, from.table) } : from;

function queryMoved<T extends { readonly query: Code }>(moving: Moving, rows: T): T {
  return { ...rows, query: codeMoved(moving, rows.query) };
}

const filesMoved = (moving: Moving, rows: FileRows): FileRows => ({
  ...rows,
  rejects: writtenTo(moving.environment, rows.rejects),
});

function callMoved(moving: Moving, call: PythonCall): PythonCall {
  const inputs = call.inputs.map((input) => {
    if (input.type === "table") return { ...input, table: readFrom(moving.environment, input.table) };
    // Of another transform, whose id is in place of a source's name.
    const isMade = moving.transform.inputs.some((one) => one.type === "transform" && one.id === input.source);
    if (!isMade) return input;
    return { ...input, patterns: input.patterns.map((path) => fileReadFrom(moving.environment, { path })) };
  });
  return { ...call, inputs };
}
