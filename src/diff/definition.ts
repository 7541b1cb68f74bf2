/** A transform's definition beside its outputs and its code, then and now. */
import { kinds } from "../kinds/index.ts";
import type { Input, Project, Transform } from "../project/types.ts";
import { isSame, otherKeys } from "./outputs.ts";
import type { Side } from "./side.ts";
import type { FoundChange } from "./types.ts";

export function definitionChanges(before: Transform, now: Transform): readonly FoundChange[] {
  const found: FoundChange[] = [];
  if (before.kind !== now.kind) found.push({ area: "logic", text: `kind ${before.kind} is ${now.kind} now` });
  else found.push(...specChanges(before, now));
  found.push(...inputChanges(before, now));
  for (const [key, text] of OPERATIONS) if (!isSame(before[key], now[key])) found.push({ area: "operations", text });
  if (before.description !== now.description) found.push({ area: "words", text: "description" });
  return [...found, ...otherKeys(before, now, LOOKED_AT).map((text) => ({ area: "logic", text }) as const)];
}

/** By other rules, or by those of outputs and code; places in the project are nobody's business. */
const LOOKED_AT: ReadonlySet<string> = new Set<keyof Transform>([
  ...([
    "id",
    "pipeline",
    "name",
    "file",
    "kind",
    "description",
    "inputs",
    "outputs",
    "codeFile",
    "codeHolds",
    "spec",
  ] as const),
  ...([
    "owners",
    "monitors",
    "settings",
    "retries",
    "timeoutMs",
    "publishWaitMs",
    "snapshotWaitMs",
    "keepPrevious",
  ] as const),
]);

const OPERATIONS = [
  ["owners", "owners"],
  ["monitors", "monitors"],
  ["settings", "settings"],
  ["retries", "retries"],
  ["timeoutMs", "timeout"],
  ["publishWaitMs", "publish_wait"],
  ["snapshotWaitMs", "snapshot_wait"],
  ["keepPrevious", "keep_previous"],
] as const satisfies readonly (readonly [keyof Transform, string])[];

/** Keys of a kind that decide on how its rows reach their table, and not on the rows. */
const OF_OPERATIONS = new Set(["publish", "max_rejects", "transaction"]);

function specChanges(before: Transform, now: Transform): readonly FoundChange[] {
  // The name of the file beside it says nothing; its text is compared.
  const code = kinds.get(now.kind)?.code?.key;
  const [then, today] = [before.spec, now.spec] as readonly Readonly<Record<string, unknown>>[];
  const keys = new Set([...Object.keys(then ?? {}), ...Object.keys(today ?? {})]);
  return [...keys]
    .filter((key) => key !== code && !isSame(then?.[key], today?.[key]))
    .map((key) => ({ area: OF_OPERATIONS.has(key) ? "operations" : "logic", text: key }));
}

/** SQL names its tables itself, so its inputs only say what it waits for; any other code gets them. */
function inputChanges(before: Transform, now: Transform): readonly FoundChange[] {
  const [then, today] = [before.inputs.map(inputName), now.inputs.map(inputName)];
  const area = now.codeHolds === undefined ? "logic" : "operations";
  return [
    ...then.filter((name) => !today.includes(name)).map((name) => ({ area, text: `no longer reads ${name}` }) as const),
    ...today.filter((name) => !then.includes(name)).map((name) => ({ area, text: `reads ${name}` }) as const),
  ];
}

const inputName = (input: Input): string => (input.type === "transform" ? input.id : input.name);

/** Where its rows come from although its own files say nothing of it: sources that it is given, variables that it reads. */
export function surroundingChanges(
  now: Transform,
  sides: { readonly before: Side; readonly now: Side },
  variables: readonly string[],
): readonly FoundChange[] {
  const found: FoundChange[] = [];
  if (now.codeHolds === undefined) {
    for (const input of now.inputs) {
      if (input.type !== "source") continue;
      const [then, today] = [originOf(sides.before.project, input.name), originOf(sides.now.project, input.name)];
      if (then !== undefined && then !== today) found.push({ area: "logic", text: `source ${input.name}` });
    }
  }
  if (variables.length === 0 || now.codeFile === undefined) return found;
  const words = new Set(sides.now.read(now.codeFile).split(/\W+/u));
  return [
    ...found,
    ...variables
      .filter((name) => words.has(name))
      .map((name) => ({ area: "logic", text: `the default of variable ${name}` }) as const),
  ];
}

/** What of a source reaches whoever is given it, apart from its columns. */
function originOf({ sources }: Project, name: string): string | undefined {
  const source = sources.find(({ sourceName }) => sourceName === name);
  if (!source) return undefined;
  if (source.type === "table") return JSON.stringify([source.schema, source.name, source.columns.map(plain)]);
  return JSON.stringify([source.format, source.patterns, source.columns.map(plain)]);
}

const plain = ({ name, type }: { readonly name: string; readonly type: string }) => [name, type];

/** Variables whose default is another now. */
export const changedVariables = (before: Project, now: Project): readonly string[] =>
  now.variables
    .filter((one) =>
      before.variables.some(
        (old) => old.name === one.name && !isSame([old.default, old.type], [one.default, one.type]),
      ),
    )
    .map(({ name }) => name);
