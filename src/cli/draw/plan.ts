import type { Action, Plan } from "../../plan/types.ts";
import { counted } from "../terminal/numbers.ts";
import type { Style } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";
import { outputText } from "../../project/types.ts";

/** What `--dry-run` tells people: in which order, what, into which output, and after what. */
export function drawPlan(plan: Plan, style: Style, width?: number): readonly string[] {
  const columns = [
    { title: "#", right: true },
    { title: "transform", min: 16 },
    { title: "what", min: 10 },
    { title: "output", min: 16 },
    { title: "waits on", min: 12 },
  ];
  const rows = plan.transforms.map((t, i) => [
    String(i + 1),
    t.id,
    whatText(t.action),
    outputsOf(t.action).map(outputText),
    t.after,
  ]);
  const variables = Object.entries(plan.variables).map(([name, value]) => `${name} = ${value}`);
  return [
    `${style.bold(plan.selection)}: ${counted(plan.transforms.length, "transform")} on ${plan.target}`,
    ...(variables.length > 0 ? [`with ${variables.join(", ")}`] : []),
    "",
    ...table(columns, rows, style, width),
    "",
    style.dim("Nothing was run. The same command without --dry-run carries this out."),
  ];
}

const outputsOf = (action: Action) => ("outputs" in action ? action.outputs : [action.output]);

function whatText(action: Action): string {
  switch (action.type) {
    case "build_table": {
      const from = { files: "load files", documents: "flatten", query: "build", python: "call python" }[
        action.rows.type
      ];
      return action.publish === "swap" ? `${from}, then swap` : `${from}, then merge`;
    }
    case "merge_rows":
      return `upsert by ${action.keys.join(", ")}`;
    case "append_rows":
      return action.rows.type === "files" ? "append new files" : "flatten new documents";
    case "write_file":
      return "call python, then write the file";
    case "run_statements":
      return `run ${counted(action.statements.length, "statement")}`;
    case "verify_outputs":
      return "verify that it exists";
  }
}
