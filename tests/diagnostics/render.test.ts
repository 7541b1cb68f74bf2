/** One diagnostic, for people, for machines and for a code review. */
import { expect, test } from "vitest";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { renderGithub } from "../../src/diagnostics/render_github.ts";
import { renderJson } from "../../src/diagnostics/render_json.ts";
import { countText, renderText } from "../../src/diagnostics/render_text.ts";

const file = "pipelines/claims/paid.yaml";
const diagnostic: Diagnostic = {
  code: "CTF109",
  name: "duplicate-column",
  severity: "error",
  message: 'column "日本" is named twice',
  span: { file, start: { line: 2, column: 10 }, end: { line: 2, column: 12 } },
  labels: [
    { span: { file, start: { line: 1, column: 10 }, end: { line: 1, column: 12 } }, message: "first named here" },
  ],
  hint: "Remove one, or correct its name.",
};
const warning: Diagnostic = {
  code: "CTF013",
  name: "stray-file",
  severity: "warning",
  message: "100%: passed over",
  span: { file: "pipelines/a,b.yml" },
};
const text = "- {name: 日本, type: text}\n- {name: 日本, type: text}\r\n";

test("for people, with the line", () => {
  expect(
    renderText([diagnostic, warning], { color: false, source: (name) => (name === file ? text : undefined) }),
  ).toBe(
    `pipelines/claims/paid.yaml:2:10 CTF109 column "日本" is named twice
  2 | - {name: 日本, type: text}
    |          ^^^^
  pipelines/claims/paid.yaml:1:10: first named here
  → Remove one, or correct its name.

pipelines/a,b.yml CTF013 100%: passed over
`,
  );
});

test("for people, without the files at hand", () => {
  expect(renderText([warning], { color: false })).toBe("pipelines/a,b.yml CTF013 100%: passed over\n");
  expect(renderText([], { color: false })).toBe("");
});

test("colours are escapes around the same text", () => {
  const options = { source: () => text };
  const colored = renderText([diagnostic], { ...options, color: true });
  expect(colored).toContain("\x1b[31m");
  // oxlint-disable-next-line no-control-regex
  expect(colored.replace(/\x1b\[\d+m/g, "")).toBe(renderText([diagnostic], { ...options, color: false }));
});

test("what a file holds can't steer the terminal", () => {
  const evil = { ...warning, message: "a\x1b[2Jb\nc\u009b", span: { file: "x\r.yaml", start: { line: 1, column: 1 } } };
  expect(renderText([evil], { color: false, source: () => "\x1b]0;t\x07 \u0085" })).not.toMatch(
    // oxlint-disable-next-line no-control-regex
    /[\x00-\x09\x0b-\x1f\x7f-\x9f]/,
  );
});

test("for machines", () => {
  expect(JSON.parse(renderJson([diagnostic, warning]))).toEqual({
    version: 1,
    errors: 1,
    diagnostics: [diagnostic, warning],
  });
});

test("for a code review", () => {
  expect(renderGithub([diagnostic, warning], "warehouse/")).toBe(
    `::error file=warehouse/pipelines/claims/paid.yaml,line=2,col=10,endLine=2,endColumn=11,title=CTF109::column "日本" is named twice%0Apipelines/claims/paid.yaml:1: first named here%0ARemove one, or correct its name.
::warning file=warehouse/pipelines/a%2Cb.yml,title=CTF013::100%25: passed over
`,
  );
});

test("counted", () => {
  expect(countText([diagnostic, diagnostic, warning])).toBe("2 errors and 1 warning");
  expect(countText([])).toBe("no problems");
});
