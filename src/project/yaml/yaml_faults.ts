/** What the YAML parser could not read, in plain words and at the place that a person would look at. */
import type { Code, Diagnostic, TextEdit } from "../../diagnostics/diagnostic.ts";
import { unusualYaml, yamlSyntax } from "../codes/file_codes.ts";
import type { Places } from "./places.ts";
import { unquotedIn } from "./unquoted_values.ts";
import type { YamlFault } from "./yaml.ts";

interface Words {
  readonly code?: Code;
  readonly offset?: number;
  readonly end?: number;
  readonly message: string;
  readonly hint: string;
  /** Put this range into quotes. */
  readonly quote?: readonly [start: number, end: number];
}

export function faultDiagnostic(fault: YamlFault, text: string, file: string, places: Places): Diagnostic {
  const offset = Math.min(fault.offset ?? 0, text.length);
  const words = wordsFor(fault.reason, text, offset);
  const from = words.offset ?? offset;
  const start = places.position(from);
  const edit: readonly TextEdit[] | undefined = words.quote && [
    {
      span: { file, start: places.position(words.quote[0]), end: places.position(words.quote[1]) },
      text: JSON.stringify(text.slice(...words.quote)),
    },
  ];
  return (words.code ?? yamlSyntax)({
    message: words.message,
    span: { file, start, end: places.position(words.end ?? from) },
    hint: words.hint,
    ...(edit && { fix: edit }),
  });
}

function wordsFor(reason: string, text: string, offset: number): Words {
  if (reason === "second document") {
    return {
      code: unusualYaml,
      offset: secondDocument(text),
      message: "a second document begins here; a file has one",
      hint: "Put what follows into a file of its own, or remove the line.",
    };
  }
  const unusual = UNUSUAL[reason];
  if (unusual) return { code: unusualYaml, ...unusual };
  if (reason.startsWith("tab char")) {
    return {
      message: "a tab indents this line; YAML takes spaces only",
      hint: "Replace the tabs with spaces, two for each level.",
    };
  }
  if (reason.startsWith("nesting exceeded")) {
    return {
      message: "too much stands within each other here",
      hint: "No key of CTF's is nested like this. Look for brackets or indentation that go on by mistake.",
    };
  }
  const unquoted = unquotedIn(text, offset) ?? unquotedIn(text, unclosed(text.slice(0, offset)) ?? offset);
  if (unquoted) return unquoted;
  if (/within a (double|single) quoted scalar/.test(reason)) {
    return unclosedQuote(text, Math.max(0, text.lastIndexOf(reason.includes("double") ? '"' : "'")));
  }
  if (/flow collection|^deficient indentation/.test(reason)) {
    if (reason.startsWith("missed comma")) {
      return { message: "a comma is missing before this", hint: "Put a comma between two entries of […] or {…}." };
    }
    const open = unclosed(text.slice(0, offset));
    const next = offset + (/\S/.exec(text.slice(offset))?.index ?? 0);
    if (open !== undefined && text[next] === PARTNER[text[open]!]) {
      return {
        offset: next,
        end: next + 1,
        message: `this ${text[next]} stands too far to the left for the ${text[open]} that it closes`,
        hint: "Indent it by two spaces.",
      };
    }
    const quote = open === undefined ? lastOpeningQuote(text.slice(0, offset)) : undefined;
    if (quote !== undefined) return unclosedQuote(text, quote);
    const bracket = open === undefined ? "[ or {" : text[open]!;
    return {
      ...(open !== undefined && { offset: open, end: open + 1 }),
      message: `${bracket} is opened here and never closed`,
      hint: bracket === "[" ? "Close it with ]." : bracket === "{" ? "Close it with }." : "Close it.",
    };
  }
  if (reason.startsWith("expected the node content")) {
    return { message: "there is nothing before this comma", hint: "Remove the comma, or write a value before it." };
  }
  if (/complex keys|multiline key|expected ':'/.test(reason)) {
    return NO_KEY;
  }
  if (/escape|hexadecimal/.test(reason)) {
    return {
      message: "a backslash within double quotes begins something that YAML does not know",
      hint: "Write \\\\ for a backslash, or use single quotes.",
    };
  }
  return inLine(text, offset);
}

const UNUSUAL: Readonly<Record<string, { readonly message: string; readonly hint: string }>> = {
  anchor: {
    message: "an anchor (&) begins here; CTF's files do without",
    hint: "Write the value out. Text that begins with & needs quotes.",
  },
  alias: {
    message: "an alias (*) stands here; CTF's files do without",
    hint: 'Write the value out. Text that begins with * needs quotes: "*".',
  },
  tag: {
    message: "a tag (!) stands here; CTF's files do without",
    hint: "Remove it. Text that begins with ! needs quotes.",
  },
};

const NO_KEY = {
  message: "a line has no key with a colon after it",
  hint: "Write it as KEY: VALUE, with a space after the colon.",
};

/** The nearest line above that is not empty, without its indentation. */
function lineBefore(text: string, start: number): { readonly text: string; readonly offset: number } | undefined {
  const found = [...text.slice(0, start).matchAll(/\S.*(?=\r?\n)/g)].at(-1);
  return found && { text: found[0], offset: found.index };
}

/** Most faults come from a value that needs quotes; what is left is indentation. */
function inLine(text: string, offset: number): Words {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const found = text.indexOf("\n", start);
  const line = text.slice(start, found === -1 ? text.length : found).replace(/\r$/, "");
  const entry = /^(\s*(?:- +)*[^\s:#"'{[][^:#]*: +)(\S.*?)\s*$/.exec(line);
  if (entry && !/^[|>][-+\d]*(?:\s+#|$)/.test(entry[2]!)) {
    const from = start + entry[1]!.length;
    const to = from + entry[2]!.length;
    const value = entry[2]!;
    const whole = { offset: from, end: to };
    if (/^["']/.test(value)) {
      return {
        ...whole,
        message: "something stands after the closing quote of this value",
        hint: "A quote within a value in single quotes is written twice: 'it''s'.",
      };
    }
    if (/^[@`%]|^[*?|>](?:\s|$)|^-$/.test(value)) {
      return {
        ...whole,
        message: `a value can't begin with ${value[0]!} unless it is in quotes`,
        hint: "Put it in quotes.",
        quote: [from, to],
      };
    }
    if (/:(\s|$)/.test(value) && !/^[[{&*!]/.test(value)) {
      return {
        ...whole,
        message: "a value with a colon and a space in it must be in quotes",
        hint: "Put it in quotes.",
        quote: [from, to],
      };
    }
    if (value.startsWith("- ")) {
      return {
        ...whole,
        message: "a list can't begin on the line of its key",
        hint: "Put each entry on a line of its own, or write the list as [a, b].",
      };
    }
  }
  const before = lineBefore(text, start);
  if (before && !/^(- |#)|:(\s|$)/.test(before.text)) {
    return { offset: before.offset, end: before.offset + before.text.length, ...NO_KEY };
  }
  const at = start + (/\S/.exec(line)?.index ?? 0);
  return {
    offset: at,
    message: "this line does not fit to those above it",
    hint: "Keys that belong together begin in the same column, and what is within one is indented by two spaces. Look at the line before it, too.",
  };
}

/** Where the last value in quotes begins. */
const lastOpeningQuote = (text: string): number | undefined => [...text.matchAll(/(?<=[:,[{-]\s+)["']/g)].at(-1)?.index;

const unclosedQuote = (text: string, offset: number): Words => ({
  offset,
  end: offset + 1,
  message: `a quote (${text[offset]}) is opened here and never closed`,
  hint: "Close it at the end of the value.",
});

const PARTNER: Readonly<Record<string, string>> = { "[": "]", "{": "}" };

/** The last bracket without its partner; what stands in quotes or comments is passed over roughly. */
function unclosed(text: string): number | undefined {
  const open: number[] = [];
  for (const match of text.matchAll(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?<=^|\s)#.*|[[\]{}]/gm)) {
    const [what] = match;
    if (what === "[" || what === "{") open.push(match.index);
    else if (what === "]" || what === "}") open.pop();
  }
  return open.at(-1);
}

function secondDocument(text: string): number {
  const marks = [...text.matchAll(/^(---|\.\.\.)(?=\s|$)/gm)];
  const [first] = marks;
  const leads =
    first &&
    /^(\s|#.*$|%.*$)*$/m.test(text.slice(0, first.index)) &&
    text
      .slice(0, first.index)
      .replace(/[#%].*/g, "")
      .trim() === "";
  return (leads ? marks[1] : first)?.index ?? 0;
}
