/** Every key that a person can write says what it is for: editors and docs/formats show it. */
import * as z from "zod";
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { ctfFile } from "../../src/project/syntax/ctf_file.ts";
import { outputSyntaxes } from "../../src/project/syntax/outputs.ts";
import { pipelineFile } from "../../src/project/syntax/pipeline_file.ts";
import { sourcesFile } from "../../src/project/syntax/sources_file.ts";
import { common } from "../../src/project/syntax/transform_file.ts";

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
}

function silent(schema: Schema, path = ""): readonly string[] {
  const { properties = {}, items, anyOf = [], additionalProperties } = schema;
  return [
    ...Object.entries(properties).flatMap(([key, value]) => [
      ...(value.description ? [] : [`${path}${key}`]),
      ...silent(value, `${path}${key}.`),
    ]),
    ...(items ? silent(items, path) : []),
    ...anyOf.flatMap((one) => silent(one, path)),
    ...(typeof additionalProperties === "object" ? silent(additionalProperties, path) : []),
  ];
}

const files = { ctfFile, pipelineFile, sourcesFile, transform: z.strictObject(common), ...outputSyntaxes };

test.each(Object.entries(files))("%s", (_, schema) => {
  expect(silent(z.toJSONSchema(schema, { io: "input" }) as Schema)).toEqual([]);
});

test.each([...kinds.keys()])("the own keys of %s", async (name) => {
  const schema = await kinds.get(name)!.schema();
  expect(silent(z.toJSONSchema(schema, { io: "input" }) as Schema)).toEqual([]);
});
