import type {
  Column,
  ForeignKey,
  Index,
  IndexKey,
  Monitor,
  Output,
  Restrictions,
  TableName,
  TableOutput,
} from "../../project/types.ts";
import { outputText, tableText } from "../../project/types.ts";
import type { ShownTransform } from "../commands/show.ts";
import { duration } from "../terminal/numbers.ts";
import { pad, type Style, widthOf } from "../terminal/style.ts";
import { table } from "../terminal/table.ts";
import { lastRunText } from "../terminal/words.ts";

/** One transform for people: facts, who is beside it, outputs, monitors, code. */
export function drawTransform(
  { project, transform: t, readers, code, lastRuns, reads: tables }: ShownTransform,
  style: Style,
  now: Date,
  width?: number,
): readonly string[] {
  const sources = new Map(project.sources.map((source) => [source.sourceName, source]));
  const last = lastRuns[t.id];
  const facts: (readonly [string, string])[] = [
    ["definition", t.file],
    ...(t.codeFile === undefined ? [] : [["code", t.codeFile] as const]),
    ["owners", t.owners.join(", ") || "nobody"],
    ["last run", lastRunText(last, now, style) + (last ? ` on ${last.target} in ${duration(last.seconds)}` : "")],
    ["retries", `${t.retries}${t.timeoutMs === undefined ? "" : `, timeout ${duration(t.timeoutMs / 1000)}`}`],
    ...Object.entries(t.settings).map(([name, value]) => ["setting", `${name} = ${value}`] as const),
    ...t.monitors.map((monitor) => ["monitor", monitorText(monitor)] as const),
  ];
  const reads = t.inputs.map((input) => {
    if (input.type === "transform") return input.id === t.id ? `${input.id} (its own earlier rows)` : input.id;
    const source = sources.get(input.name);
    const what = source?.type === "table" ? tableText(source) : source?.patterns.join(", ");
    return `${input.name} (source${what === undefined ? "" : `: ${what}`})`;
  });
  return [
    `${style.bold(t.id)}  ${style.dim(t.kind)}`,
    ...(t.description === undefined ? [] : t.description.trim().split("\n")),
    "",
    ...facts.map(([name, value]) => `  ${style.dim(pad(name, 11))} ${value}`),
    ...section(style, "Reads", [...reads, ...tablesText(tables)], "nothing that CTF knows"),
    ...section(style, "Read by", readers, "no other transform"),
    ...t.outputs.flatMap((output) => drawOutput(output, style, width)),
    ...(code === undefined ? [] : section(style, "Code", code.trimEnd().split("\n"))),
  ];
}

const tablesText = (tables: readonly TableName[] = []): readonly string[] =>
  tables.length === 0 ? [] : [`on this target: ${tables.map(tableText).join(", ")}`];

const section = (style: Style, title: string, lines: readonly string[], none = ""): readonly string[] => [
  "",
  style.bold(title),
  ...(lines.length > 0 ? lines.map((line) => (line === "" ? "" : `  ${line}`)) : [style.dim(`  ${none}`)]),
];

function drawOutput(output: Output, style: Style, width?: number): readonly string[] {
  const name = output.type === "function" && output.arguments ? `(${output.arguments.join(", ")})` : "";
  const title = `Output: ${output.type} ${outputText(output)}${name}`;
  const lines: string[] = output.description === undefined ? [] : [output.description.trim()];
  lines.push(...restrictionTexts(output.restrictions));
  if (output.type === "table" || output.type === "view") {
    const columns = [{ title: "column" }, { title: "type" }, { title: "" }, { title: "description", min: 12 }];
    const rows = output.columns.map((c) => [
      c.name,
      c.type,
      flags(c),
      c.description?.trim().replaceAll("\n", " ") ?? "",
    ]);
    if (rows.length > 0) lines.push(...table(columns, rows, style, width === undefined ? undefined : width - 2));
    if (output.type === "table") lines.push(...tableParts(output));
    lines.push(...output.grants.map((grant) => `grant ${grant.privileges.join(", ")} to ${grant.role}`));
  }
  return section(
    style,
    title,
    lines.filter((line) => widthOf(line) > 0),
    "no columns declared",
  );
}

function restrictionTexts({ visibility, by, readers, deprecated }: Restrictions = {}): readonly string[] {
  const only = readers ? `, and ${readers.join(", ")}` : "";
  const whose = by === undefined ? "" : ` (the ${by}'s default)`;
  return [
    ...(visibility === undefined ? [] : [`visibility: ${visibility}${only}${whose}`]),
    ...(deprecated ? [`deprecated since ${deprecated.since}${deprecated.use ? `: use ${deprecated.use}` : ""}`] : []),
  ];
}

const flags = (c: Column): string =>
  [c.notNull && "not null", c.phi && "PHI", c.identity && "identity", c.default !== undefined && `default ${c.default}`]
    .filter(Boolean)
    .join(", ");

const tableParts = (output: TableOutput): readonly string[] => [
  ...(output.primaryKey ? [`primary key (${output.primaryKey.columns.join(", ")})`] : []),
  ...output.unique.map((key) => `unique (${key.columns.join(", ")})`),
  ...output.indexes.map(indexText),
  ...output.constraints.map(({ name, check }) => `check ${name}: ${check}`),
  ...output.foreignKeys.map(foreignKeyText),
  ...output.statistics.map(({ name, columns }) => `statistics ${name} (${columns.join(", ")})`),
];

const keyText = (key: IndexKey): string =>
  [key.column ?? `(${key.expression})`, key.opclass, key.order, key.nulls && `nulls ${key.nulls}`]
    .filter(Boolean)
    .join(" ");

const indexText = (index: Index): string =>
  [
    index.unique ? "unique index" : "index",
    index.name,
    index.method && `using ${index.method}`,
    `(${index.keys.map(keyText).join(", ")})`,
    index.include && `include (${index.include.join(", ")})`,
    index.where && `where ${index.where}`,
  ]
    .filter(Boolean)
    .join(" ");

const foreignKeyText = ({ columns, references, enforce }: ForeignKey): string =>
  `foreign key (${columns.join(", ")}) references ${tableText(references)} (${references.columns.join(", ")})` +
  (enforce ? "" : ", verified only");

function monitorText({ type, ...limits }: Monitor): string {
  const words = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
  return `${type}: ${words.join(", ")}`;
}
