/** The outcome as JUnit's XML, which build servers read. */
import type { StructuralVerdict } from "../../testing/structural/types.ts";
import type { Verdict } from "../../testing/verdict.ts";
import { checkTitle } from "./draw_structural.ts";
import { headline, placeOf } from "./failure_words.ts";

export function junitText(verdicts: readonly Verdict[], structural: readonly StructuralVerdict[]): string {
  const suites = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const { file } = verdict.test;
    suites.set(file, [...(suites.get(file) ?? []), verdict]);
  }
  const failed = (some: readonly Verdict[]) => some.filter(({ failures }) => failures.length > 0).length;
  const seconds = (some: readonly Verdict[]) => some.reduce((sum, one) => sum + one.seconds, 0).toFixed(3);
  const counts = (some: readonly Verdict[]) =>
    `tests="${some.length}" failures="${failed(some)}" errors="0" time="${seconds(some)}"`;
  const totals = (some: readonly Verdict[], others: readonly StructuralVerdict[]) => {
    const statuses = others.flatMap((one) => Object.values(one.statuses));
    const failures = failed(some) + statuses.filter((status) => status === "failed").length;
    const time = [...some, ...others].reduce((sum, one) => sum + one.seconds, 0).toFixed(3);
    return `tests="${some.length + statuses.length}" failures="${failures}" errors="0" time="${time}"`;
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ctf test" ${totals(verdicts, structural)}>`,
    ...[...suites].flatMap(([file, some]) => [
      `  <testsuite name="${escaped(file)}" ${counts(some)}>`,
      ...some.flatMap(caseLines),
      "  </testsuite>",
    ]),
    ...structural.flatMap(structuralLines),
    "</testsuites>",
    "",
  ].join("\n");
}

function caseLines(verdict: Verdict): readonly string[] {
  const { test, failures, seconds } = verdict;
  const { file, place } = test;
  const opening = `    <testcase classname="${escaped(test.of)}" name="${escaped(test.name)}" file="${escaped(file)}" line="${place.start.line}" time="${seconds.toFixed(3)}"`;
  if (failures.length === 0) return [`${opening}/>`];
  const lines = failures.map((failure) => {
    const { file, start } = placeOf(failure, verdict);
    const text = `${file}:${start?.line ?? 1}: ${headline(failure)}`;
    return `      <failure message="${escaped(headline(failure))}">${escaped(text)}</failure>`;
  });
  return [`${opening}>`, ...lines, "    </testcase>"];
}

/** A suite for each transform, a case for each check. What was not exercised is skipped. */
function structuralLines({ of, file, statuses, findings, seconds }: StructuralVerdict): readonly string[] {
  const all = Object.entries(statuses);
  const count = (wanted: readonly string[]) => all.filter(([, status]) => wanted.includes(status)).length;
  const cases = all.flatMap(([name, status]) => {
    const opening = `    <testcase classname="${escaped(of)}" name="structural: ${escaped(checkTitle(name))}" file="${escaped(file)}" time="0"`;
    if (status === "passed" || status === "noted") return [`${opening}/>`];
    if (status !== "failed") return [`${opening}>`, `      <skipped message="${status}"/>`, "    </testcase>"];
    const found = findings.filter(({ check }) => check === name);
    const failures = found.map(({ diagnostic: { code, message, span }, test = "" }) => {
      const text = `${span?.file ?? file}:${span?.start?.line ?? 1}: ${code} ${message}\n${test}`;
      return `      <failure message="${escaped(`${code} ${message}`)}">${escaped(text)}</failure>`;
    });
    return [`${opening}>`, ...failures, "    </testcase>"];
  });
  const skipped = count(["not run", "not exercised"]);
  const counts = `tests="${all.length}" failures="${count(["failed"])}" errors="0" skipped="${skipped}" time="${seconds.toFixed(3)}"`;
  return [`  <testsuite name="structural: ${escaped(of)}" ${counts}>`, ...cases, "  </testsuite>"];
}

/** XML has no way at all to write most control characters. */
const escaped = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
