/** JSON Schemas for editors, from the zod types that definitions are read with. */
import * as z from "zod";
import { kinds } from "../../src/kinds/index.ts";
import { ctfFile } from "../../src/project/syntax/ctf_file.ts";
import { outputSyntaxes } from "../../src/project/syntax/outputs.ts";
import { pipelineFile } from "../../src/project/syntax/pipeline_file.ts";
import { sourcesFile } from "../../src/project/syntax/sources_file.ts";
import { common } from "../../src/project/syntax/transform_file.ts";
import { testFile } from "../../src/testing/read/syntax.ts";

const schemaOf = (schema, title, options = {}) => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", ...options });
  return { $schema, title, ...rest };
};

/** What a transform of this kind can have, and nothing else. */
async function kindSyntax(kind) {
  const own = await kind.schema();
  const syntaxes = kind.columnsOptional ? outputSyntaxes : withColumns;
  const outputs = kind.outputs.map((type) => syntaxes[type]);
  const one = outputs.length === 1 ? outputs[0] : z.union(outputs);
  const { outputs: several, ...rest } = common;
  return z.strictObject({
    ...rest,
    kind: z.literal(kind.name).describe(kind.summary),
    output: (kind.severalOutputs ? one.optional() : one).describe(common.output.description),
    ...(kind.severalOutputs && { outputs: z.array(one).optional().describe(several.description) }),
    ...own.shape,
  });
}

const withColumns = { ...outputSyntaxes, table: outputSyntaxes.table.required({ columns: true }) };

/** One schema a kind, with everything written out: for the documentation. */
export async function kindSchemas() {
  const entries = [...kinds.values()].map(async (kind) => [kind.name, schemaOf(await kindSyntax(kind), kind.name)]);
  return new Map(await Promise.all(entries));
}

/** Told apart by `kind`, so that editors complete and complain by the keys of that kind only. */
async function transformSchema() {
  const syntaxes = await Promise.all([...kinds.values()].map(kindSyntax));
  const { $schema, title, anyOf, $defs } = schemaOf(z.union(syntaxes), "A transform", { reused: "ref" });
  const forms = anyOf.map((form) => {
    const { kind } = form.properties;
    // oxlint-disable-next-line unicorn/no-thenable -- it is JSON Schema's own word
    return { if: { properties: { kind: { const: kind.const } }, required: ["kind"] }, then: form };
  });
  const names = forms.map((form) => form.then.properties.kind.const);
  return {
    $schema,
    title,
    type: "object",
    properties: { kind: { enum: names, description: common.kind.description } },
    required: ["kind"],
    allOf: forms,
    $defs,
  };
}

export const jsonSchemas = async () => ({
  ctf: schemaOf(ctfFile, "ctf.yaml"),
  pipeline: schemaOf(pipelineFile, "pipeline.yaml"),
  sources: schemaOf(sourcesFile, "A file in sources/"),
  transform: await transformSchema(),
  test: schemaOf(testFile, "Tests of a transform"),
});
