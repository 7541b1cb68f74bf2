/** Every code's own examples: the bad one gives exactly one diagnostic of that code, the good one none at all. */
import { describe, expect, test } from "vitest";
import { catalogue } from "../../src/check/catalogue.ts";
import { codes as kindCodes } from "../../src/kinds/codes.ts";
import { check, lines } from "../support/files.ts";

const codes = [...catalogue, ...kindCodes];

test("each code and each name stands for one thing", () => {
  expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length);
  expect(new Set(codes.map(({ name }) => name)).size).toBe(codes.length);
});

describe.each(codes.filter(({ bad }) => bad).map((code) => [code.code, code.name, code] as const))(
  "%s %s",
  (_, __, code) => {
    test("its bad example gives one diagnostic of it", async () => {
      const { diagnostics } = await check(code.bad!);
      expect(
        diagnostics.map((d) => d.code),
        lines(diagnostics).join("\n"),
      ).toEqual([code.code]);
      expect(diagnostics[0]!.severity).toBe(code.severity);
      expect(diagnostics[0]!.message).not.toContain("\n");
      expect(diagnostics[0]!.hint ?? diagnostics[0]!.message).toBeTruthy();
    });

    test("its good example gives none", async () => {
      const { diagnostics } = await check(code.good!);
      expect(lines(diagnostics)).toEqual([]);
    });
  },
);
