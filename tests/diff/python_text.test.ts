/** Python without comments and blank lines: two texts that give the same are the same program. */
import { expect, test } from "vitest";
import { withoutComments } from "../../src/diff/python_text.ts";

test.each<readonly [what: string, one: string, other: string]>([
  ["a comment of its own", "# a\nx = 1\n", "x = 1\n"],
  ["a comment behind code", "x = 1  # a\n", "x = 1\n"],
  ["blank lines", "def f():\n\n    return 1\n\n\n", "def f():\n    return 1\n"],
  ["comments between brackets", "x = [\n  1,  # one\n  # two\n]\n", "x = [\n  1,\n]\n"],
  ["line ends of Windows", "x = 1\r\n# a\r\ny = 2\r\n", "x = 1\ny = 2\n"],
  ["quotes in a comment", "x = 1  # don't\ny = 2\n", "x = 1\ny = 2\n"],
])("%s is no change", (_, one, other) => {
  expect(withoutComments(one)).toBe(withoutComments(other));
});

test.each<readonly [what: string, one: string, other: string]>([
  ["a # in a string", "x = '# a'\n", "x = '# b'\n"],
  ["a # in a long string", 'x = """\n# a\n"""\n', 'x = """\n# b\n"""\n'],
  ["a blank line in a long string", 'x = """a\n\nb"""\n', 'x = """a\nb"""\n'],
  ["a # behind an escaped quote", "x = 'it\\'s # a'\n", "x = 'it\\'s # b'\n"],
  ["an indent", "if a:\n    x = 1\n    y = 2\n", "if a:\n    x = 1\ny = 2\n"],
  ["a docstring", 'def f():\n    "a"\n', 'def f():\n    "b"\n'],
  ["a # in the format of a value", "x = f'{y:#x}'\n", "x = f'{y:#o}'\n"],
  ["a # behind an expression in a string", "x = f'{a[\"b\"]} # a'\n", "x = f'{a[\"b\"]} # b'\n"],
  ["a blank line where a line would go on", "x = 1 \\\n\n+2\n", "x = 1 \\\n+2\n"],
])("%s is a change", (_, one, other) => {
  const [bare, otherBare] = [withoutComments(one), withoutComments(other)];
  expect(bare !== undefined && bare === otherBare).toBe(false);
});

test.each<readonly [what: string, text: string]>([
  ["quotes within an f-string's own", 'x = f"{a["#"]}"\n'],
  ["a string that does not end", "x = 'a\n"],
  ["an encoding other than ours", "# -*- coding: latin-1 -*-\nx = 1\n"],
  ["a brace in an f-string's expression", 'x = f\'{"}" + "#"}\'\n# a\n'],
])("%s is not guessed at", (_, text) => {
  const bare = withoutComments(text);
  expect(bare === undefined || !bare.includes("# a")).toBe(true);
});
