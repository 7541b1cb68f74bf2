/** One YAML file → its definition or its problems: the fast way first, positions only for a file that needs them. */
import type { Diagnostic, TextEdit } from "../../diagnostics/diagnostic.ts";
import { duplicateKey, emptyFile, unquotedComma } from "../codes/file_codes.ts";
import type { Interpreted } from "../definitions.ts";
import { type Locate, toDiagnostic } from "../problem.ts";
import { unquotedCommaAround, unquotedCommas } from "../yaml/commas.ts";
import { keepExamples } from "../yaml/keep_examples.ts";
import { type Node, nodesOf, type Places, placesIn, type Range } from "../yaml/places.ts";
import { isFault, parseEventsOf, parseLoosely, parseYaml, unusualIn } from "../yaml/yaml.ts";
import { faultDiagnostic } from "../yaml/yaml_faults.ts";

export interface ReadFile<T> {
  readonly definition?: T;
  readonly diagnostics: readonly Diagnostic[];
}

export interface FileToRead<T> {
  readonly file: string;
  readonly text: string;
  readonly interpret: (value: unknown) => Interpreted<T>;
  /** The id of the transform that it defines, where it does. */
  readonly transform?: string;
}

export function readFile<T>(from: FileToRead<T>): ReadFile<T> {
  const parsed = parseYaml(from.text);
  if (parsed.ok && parsed.value !== null) {
    const { definition, problems } = from.interpret(keepExamples(from.text, parsed.value));
    if (definition !== undefined && problems.length === 0) return { definition, diagnostics: [] };
  }
  const read = readSlowly(from);
  const { transform } = from;
  return transform === undefined ? read : { ...read, diagnostics: read.diagnostics.map((d) => ({ ...d, transform })) };
}

function readSlowly<T>(from: FileToRead<T>): ReadFile<T> {
  const { text, file } = from;
  const places = placesIn(text);
  const events = parseEventsOf(text);
  if (isFault(events)) {
    const trap = unquotedCommaAround(text, events.offset ?? 0);
    return trap ? readMended(from, [trap], places) : { diagnostics: [faultDiagnostic(events, text, file, places)] };
  }
  const unusual = unusualIn(events);
  if (unusual) return { diagnostics: [faultDiagnostic(unusual, text, file, places)] };

  const root = nodesOf(text, events);
  if (!root || (root.type === "scalar" && root.start === root.end)) {
    const message = "the file has nothing in it";
    return { diagnostics: [emptyFile({ message, span: { file }, hint: "Write the definition, or remove the file." })] };
  }
  const traps = unquotedCommas(root).toSorted((a, b) => a.start - b.start);
  return traps.length > 0 ? readMended(from, traps, places) : judge(from, root, places);
}

/** As if the quotes were there, so that what else is wrong is told in the same go. */
function readMended<T>(from: FileToRead<T>, traps: readonly Range[], places: Places): ReadFile<T> {
  const found = traps.map((trap) => trapDiagnostic(trap, from.text, from.file, places));
  const { text, back } = withQuotes(from.text, traps);
  const events = parseEventsOf(text);
  const root = isFault(events) ? undefined : nodesOf(text, events);
  if (!root) return { diagnostics: found };
  const rest = judge(
    { ...from, text },
    root,
    placesIn(text, (offset) => places.position(back(offset))),
  );
  return { ...rest, diagnostics: [...found, ...rest.diagnostics] };
}

function judge<T>({ text, file, interpret }: FileToRead<T>, root: Node, places: Places): ReadFile<T> {
  const doubled = doubledDiagnostics(root, text, file, places);
  const parsed = parseLoosely(text);
  if (!parsed.ok) return { diagnostics: [...doubled, faultDiagnostic(parsed.fault, text, file, places)] };
  const { definition, problems } = interpret(keepExamples(text, parsed.value));
  const locate: Locate = (_, place) => ({ file, ...places.find(place) });
  const diagnostics = [...doubled, ...problems.map((problem) => toDiagnostic({ file, problem }, locate))];
  return { ...(definition !== undefined && { definition }), diagnostics };
}

/** Keys that stand twice in the same place. */
export const doubledDiagnostics = (root: Node, text: string, file: string, places: Places): readonly Diagnostic[] =>
  doubledKeys(root).map(([first, again]) => doubledDiagnostic(first, again, text, file, places));

const spanOf = (file: string, range: Range, places: Places) => ({
  file,
  start: places.position(range.start),
  end: places.position(range.end),
});

function doubledKeys(node: Node): readonly (readonly [first: Range, again: Range])[] {
  if (node.type === "scalar") return [];
  if (node.type === "list") return node.items.flatMap(doubledKeys);
  const seen = new Map<string, Range>();
  return node.pairs.flatMap(({ key, value }) => {
    const inside = doubledKeys(value);
    if (key.type !== "scalar") return inside;
    const first = seen.get(key.text);
    if (first) return [[first, key] as const, ...inside];
    seen.set(key.text, key);
    return inside;
  });
}

function doubledDiagnostic(first: Range, again: Range, text: string, file: string, places: Places): Diagnostic {
  return duplicateKey({
    message: `key "${text.slice(again.start, again.end)}" stands twice`,
    span: spanOf(file, again, places),
    labels: [{ span: spanOf(file, first, places), message: "first here" }],
    hint: "Keep one of them.",
  });
}

function trapDiagnostic(trap: Range, text: string, file: string, places: Places): Diagnostic {
  const quoted = JSON.stringify(text.slice(trap.start, trap.end));
  const fix: readonly TextEdit[] = [{ span: spanOf(file, trap, places), text: quoted }];
  const message = `put ${quoted} in quotes: within {…} or […], YAML ends a value at its first comma`;
  return unquotedComma({ message, span: spanOf(file, trap, places), fix });
}

/** The text with these ranges in double quotes, and the way back from its offsets. */
function withQuotes(text: string, ranges: readonly Range[]): { text: string; back: (offset: number) => number } {
  let mended = "";
  let reached = 0;
  /** From this offset on, the mended text is ahead by so many characters. */
  const steps = [{ from: 0, ahead: 0 }];
  for (const { start, end } of ranges) {
    mended += text.slice(reached, start) + JSON.stringify(text.slice(start, end));
    steps.push({ from: mended.length, ahead: mended.length - end });
    reached = end;
  }
  mended += text.slice(reached);
  return { text: mended, back: (offset) => offset - steps.findLast((step) => step.from <= offset)!.ahead };
}
