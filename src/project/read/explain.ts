/** Puts what zod found into plain words. Nothing that zod says itself reaches a user. */
import type * as z from "zod";
import { nearest } from "../../diagnostics/nearest.ts";
import { badValue, missingKey, unknownKey, wrongType } from "../codes/definition_codes.ts";
import type { Path, Problem } from "../problem.ts";
import { describe, lastKey, name, quoted } from "../words.ts";
import { defOf, descriptionOf, keysOf, type Schema, schemasAt } from "./schema_shapes.ts";

type Issue = z.core.$ZodIssue;

/** The problems of a value, given the issues of its schema. `base` is the way from the file's root to the value. */
export function explain(schema: Schema, issues: readonly Issue[], value: unknown, base: Path = []): readonly Problem[] {
  return withoutTypos(issues.flatMap((issue) => explainIssue(schema, issue, value, base)));
}

function explainIssue(schema: Schema, issue: Issue, value: unknown, base: Path): readonly Problem[] {
  const way = issue.path as Path;
  const path = [...base, ...way];
  const found = at(value, way);
  const inside = schemasAt(schema, way);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknown(key, keysOf(inside), path));
    case "invalid_union":
      return explainUnion(inside, issue, found, path);
    case "invalid_key":
      return [{ code: badValue, path, at: "key", message: `${quoted(lastKey(path))} is not possible as a name here` }];
    case "invalid_type":
      if (found === undefined) return [missing(path, inside)];
      return [misformed(path, found, inside) ?? mistyped(path, found, [issue.expected])];
    case "invalid_value":
      if (found === undefined) return [missing(path, inside)];
      return [notOneOf(path, found, issue.values.map(String))];
    default:
      return [{ code: badValue, path, message: `${name(path)} ${limit(issue, found)}` }];
  }
}

/** Of the alternatives, the one that fits what was written; if none does, what would. */
function explainUnion(
  options: readonly Schema[],
  issue: Issue & { code: "invalid_union" },
  found: unknown,
  path: Path,
) {
  if (found === undefined) return [missing(path, options)];
  const branches = issue.errors.map((issues, i) => ({ issues, option: options[i] ?? options[0]! }));
  const fitting = branches.filter(
    ({ issues }) => !issues.some((inner) => inner.path.length === 0 && notThisBranch(inner)),
  );
  if (fitting.length === 0) {
    const values = branches.flatMap(({ issues }) =>
      issues.flatMap((i) => (i.code === "invalid_value" ? i.values : [])),
    );
    if (values.length > 0 && typeof found === "string") return [notOneOf(path, found, values.map(String))];
    const expected = branches.flatMap(({ issues }) =>
      issues.flatMap((i) => (i.code === "invalid_type" ? [i.expected] : [])),
    );
    return [mistyped(path, found, expected)];
  }
  const [best] = fitting.sort((a, b) => a.issues.length - b.issues.length);
  const problems = explain(best!.option, best!.issues, found, path);
  if (fitting.length === 1) return problems;
  // Several forms have keys: which of them was meant is said by a key that fits, or else left open.
  const keys = fitting.flatMap(({ option }) => keysOf([option]));
  const unknowns = problems.filter((p) => p.code === unknownKey && p.path.length === path.length + 1);
  if (unknowns.length > 0) return unknowns.map((problem) => unknown(lastKey(problem.path), keys, path));
  if (!problems.every((problem) => problem.code === missingKey)) return problems;
  return [{ code: missingKey, path, message: `${name(path)} must have one of ${keys.join(", ")}` }];
}

/** A number where text of a certain form is expected: what form that is says more than that it is text. */
function misformed(path: Path, found: unknown, inside: readonly Schema[]): Problem | undefined {
  if (typeof found !== "number") return undefined;
  const check = inside.flatMap((schema) => defOf(schema).checks ?? []).find((one) => one._zod.def.pattern);
  const words = check?._zod.def.error?.({});
  if (typeof words !== "string" || check?._zod.def.pattern?.test(String(found))) return undefined;
  return { code: badValue, path, message: `${name(path)} ${words}, not ${String(found)}` };
}

/** What is left of a mapping without the keys that have a problem, so that the others can be judged. */
export function withoutFaults(value: unknown, issues: readonly Issue[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  const faulty = new Set(
    issues.flatMap((issue) =>
      issue.path.length > 0 ? [issue.path[0]] : issue.code === "unrecognized_keys" ? issue.keys : [],
    ),
  );
  return Object.fromEntries(Object.entries(value).filter(([key]) => !faulty.has(key)));
}

const notThisBranch = (issue: Issue) => issue.code === "invalid_type" || issue.code === "invalid_value";

function unknown(key: string, known: readonly string[], path: Path): Problem {
  const place = { code: unknownKey, path: [...path, key], at: "key" as const };
  const where = path.length === 0 ? "" : ` in ${name(path)}`;
  if (key === "<<") {
    return { ...place, message: `merge keys (<<) are not part of CTF's YAML`, hint: "Write the keys out." };
  }
  const near = nearest(key, known);
  if (near !== undefined) {
    return {
      ...place,
      message: `unknown key ${quoted(key)}${where}`,
      hint: `Did you mean ${quoted(near)}?`,
      replaceWith: near,
    };
  }
  const list = [...new Set(known)];
  return {
    ...place,
    message: `unknown key ${quoted(key)}${where}`,
    hint:
      list.length > 12
        ? `Remove it, or look in docs/formats for what can stand here.`
        : `Possible here: ${list.join(", ")}.`,
  };
}

function missing(path: Path, schemas: readonly Schema[]): Problem {
  const key = lastKey(path);
  const where = path.length <= 1 ? "" : ` in ${name(path.slice(0, -1))}`;
  const meaning = schemas.map(descriptionOf).find((text) => text !== undefined);
  return {
    code: missingKey,
    path,
    message: `${quoted(key)} is missing${where}`,
    hint: `Add "${key}:"${meaning === undefined ? "." : ` – ${meaning}`}`,
  };
}

function mistyped(path: Path, found: unknown, expected: readonly string[]): Problem {
  const wanted = [...new Set(expected.map((type) => TYPE_WORDS[type] ?? type))].join(" or ");
  if (found === null) {
    return {
      code: wrongType,
      path,
      message: `${name(path)} is empty; it must be ${wanted}`,
      hint: "Write a value, or remove the key.",
    };
  }
  const problem = { code: wrongType, path, message: `${name(path)} must be ${wanted}, not ${describe(found)}` };
  if (expected.includes("string") && (typeof found === "number" || typeof found === "boolean")) {
    return { ...problem, hint: `Put it in quotes: "${String(found)}".`, replaceWith: JSON.stringify(String(found)) };
  }
  if (expected.includes("array") && typeof found === "string") {
    return { ...problem, hint: `A list of one is written [${found}].` };
  }
  if (expected.includes("boolean") && typeof found === "string") {
    const meant = /^(yes|on|y|t)$/i.test(found) ? "true" : /^(no|off|n|f)$/i.test(found) ? "false" : undefined;
    if (meant !== undefined) return { ...problem, hint: `Write ${meant}.`, replaceWith: meant };
  }
  if ((expected.includes("number") || expected.includes("int")) && typeof found === "string" && /^\d+$/.test(found)) {
    return { ...problem, hint: "Write it without quotes.", replaceWith: found };
  }
  return problem;
}

function notOneOf(path: Path, found: unknown, values: readonly string[]): Problem {
  const possible = values.length === 1 ? values[0]! : `one of ${values.join(", ")}`;
  if (found === null) return mistyped(path, found, [possible]);
  const near = typeof found === "string" ? nearest(found, values) : undefined;
  return {
    code: badValue,
    path,
    message: `${name(path)} must be ${possible}, not ${describe(found)}`,
    ...(near !== undefined && { hint: `Did you mean ${near}?`, replaceWith: near }),
  };
}

function limit(issue: Issue, found: unknown): string {
  if (issue.code === "too_small") {
    if (typeof found === "string") return "must not be empty";
    if (Array.isArray(found)) return "must have at least one entry";
    return `must be ${issue.minimum} or more, not ${String(found)}`;
  }
  if (issue.code === "too_big") return `must be ${issue.maximum} or less, not ${String(found)}`;
  // A pattern's message is our own: it begins with "must be".
  if (issue.code === "invalid_format") return `${issue.message}, not ${describe(found)}`;
  return `can't be ${describe(found)}`;
}

/** A misspelt key and the missing key that it stands for are one mistake. */
function withoutTypos(problems: readonly Problem[]): readonly Problem[] {
  const meant = new Set(
    problems
      .filter((p) => p.code === unknownKey && p.replaceWith)
      .map((p) => [...p.path.slice(0, -1), p.replaceWith].join("\0")),
  );
  return problems.filter((p) => p.code !== missingKey || !meant.has(p.path.join("\0")));
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "keys with values",
  record: "keys with values",
};

function at(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (found === null || typeof found !== "object" || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}
