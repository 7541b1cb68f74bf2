/** Errors that a test expects: `{code: CTF512, like: …}`. A code is taken as it is written, for 22012 is a number to YAML. */
import { badValue } from "../../project/codes/definition_codes.ts";
import type { Node } from "../../project/yaml/places.ts";
import type { Path } from "../../project/problem.ts";
import type { ExpectedError } from "../types.ts";
import { ERROR_CODE } from "./syntax.ts";
import { childOf, type TestFile } from "./test_file.ts";

export function errorIn(file: TestFile, node: Node, path: Path): ExpectedError {
  const textAt = (key: string): string | undefined => {
    const value = node.type === "map" ? childOf(node, key) : undefined;
    return value?.type === "scalar" ? value.text : undefined;
  };
  const [code, like] = [textAt("code"), textAt("like")];
  if (code !== undefined && !ERROR_CODE.test(code)) {
    const message = '"code" must be the code of a diagnostic, such as CTF512, or an SQLSTATE, such as 22012';
    file.tell({ code: badValue, path: [...path, "code"], message });
  }
  return {
    ...(code !== undefined && { code }),
    ...(like !== undefined && { like }),
    place: file.find(path, "key"),
  };
}
