/** What the rest of this room knows as a test, for one run of a transform that a test in Python asks for. */
import type { FileSource, Transform } from "../../project/types.ts";
import type { GivenFile, GivenTable, TestCase } from "../types.ts";

interface Circumstances {
  readonly now?: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly given: readonly GivenTable[];
  readonly files: readonly GivenFile[];
  readonly without?: readonly FileSource[];
  /** Its monitors are looked at, too. */
  readonly monitors: boolean;
}

const NONE: Circumstances = { vars: {}, given: [], files: [], monitors: false };

export function pseudoTest(transform: Transform, about: Circumstances = NONE): TestCase {
  const { monitors, ...given } = about;
  const place = { file: transform.file, start: { line: 1, column: 1 } };
  return {
    of: transform.id,
    name: transform.id,
    file: transform.file,
    index: 0,
    place,
    subject: { type: "transform", transform },
    fileRows: [],
    without: [],
    ...given,
    pieces: [],
    before: [],
    expect: [],
    // Only a test that expects to be refused looks at monitors.
    ...(monitors && { expectError: { place } }),
    twice: false,
  };
}
