/** `now:` of a test holds Python's own clock still, by time-machine. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Files } from "../support/files.ts";
import { testPython } from "../support/python.ts";
import { inWorld } from "./world.ts";

const clocks: Files = {
  "clocks.yaml": `kind: python
output:
  table: p.clocks
  columns: [{name: clock, type: text}, {name: shows, type: timestamptz}]
`,
  "clocks.py": `import time
from datetime import UTC, date, datetime


def transform(ctx):
    yield "datetime.now", datetime.now(UTC)
    yield "time.time", datetime.fromtimestamp(time.time(), UTC)
    yield "time.gmtime", datetime(*time.gmtime()[:6], tzinfo=UTC)
    yield "date.today", datetime.combine(date.today(), datetime.min.time(), UTC)
    yield "ctx.now", ctx.now
`,
};

inWorld(18, (world) => {
  test("every clock that Python has shows the test's time", async () => {
    const said = await world.said({
      ...clocks,
      "clocks.test.yaml": `tests:
  - name: all of them
    now: 2018-04-17T14:00:00+02:00
    expect:
      - {clock: datetime.now, shows: 2018-04-17T12:00:00Z}
      - {clock: time.time, shows: 2018-04-17T12:00:00Z}
      - {clock: time.gmtime, shows: 2018-04-17T12:00:00Z}
      - {clock: date.today, shows: 2018-04-17T00:00:00Z}
      - {clock: ctx.now, shows: 2018-04-17T12:00:00Z}
  - name: another time
    now: 2020-02-29T12:00:00Z
    expect:
      - {clock: datetime.now, shows: 2020-02-29T12:00:00Z}
      - {clock: time.time, shows: 2020-02-29T12:00:00Z}
      - {clock: time.gmtime, shows: 2020-02-29T12:00:00Z}
      - {clock: date.today, shows: 2020-02-29T00:00:00Z}
      - {clock: ctx.now, shows: 2020-02-29T12:00:00Z}
`,
    });
    expect(said).toBe(`✓ p.clocks: all of them\n✓ p.clocks: another time\n2 tests: 2 passed, in … s.`);
  });

  test("without time-machine, a test that sets the time says what to install; others run", async () => {
    // One that finds no packages.
    const python = join(world.root, "bare_python");
    writeFileSync(python, `#!/bin/sh\nexec ${testPython()} -S "$@"\n`);
    chmodSync(python, 0o755);
    const said = await world.said({
      "ctf.yaml": `ctf: 1\nproject: test\npython: ./bare_python\n`,
      "one.yaml": "kind: python\noutput: {table: p.one, columns: [{name: id, type: bigint}]}\n",
      "one.py": "def transform():\n    yield (1,)\n",
      "one.test.yaml": `tests:
  - {name: any time, expect: [{id: 1}]}
  - {name: that time, now: 2018-04-17T06:00:00Z, expect: [{id: 1}]}
`,
    });
    expect(said).toMatchInlineSnapshot(`
      "✓ p.one: any time
      ✗ p.one: that time
        pipelines/p/one.py:1:1 CTF606 the package time-machine is not installed
          1 | def transform():
            | ^^^^^^^^^^^^^^^^
          → The test sets the time, and only this package holds Python's clock still. "ctf python sync" installs it.
        → If this is what must happen: expect_error: {code: CTF606}

      2 tests: 1 failed, 1 passed, in … s."
    `);
  });
});
