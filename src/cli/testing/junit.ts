/** The outcome as JUnit's XML, which build servers read. */
import type { Verdict } from "../../testing/verdict.ts";
import { headline, placeOf } from "./failure_words.ts";

export function junitText(verdicts: readonly Verdict[]): string {
  const suites = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const { file } = verdict.test;
    suites.set(file, [...(suites.get(file) ?? []), verdict]);
  }
  const failed = (some: readonly Verdict[]) => some.filter(({ failures }) => failures.length > 0).length;
  const seconds = (some: readonly Verdict[]) => some.reduce((sum, one) => sum + one.seconds, 0).toFixed(3);
  const counts = (some: readonly Verdict[]) =>
    `tests="${some.length}" failures="${failed(some)}" errors="0" time="${seconds(some)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ctf test" ${counts(verdicts)}>`,
    ...[...suites].flatMap(([file, some]) => [
      `  <testsuite name="${escaped(file)}" ${counts(some)}>`,
      ...some.flatMap(caseLines),
      "  </testsuite>",
    ]),
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
