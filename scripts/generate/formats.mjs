/** docs/formats/: one page for each sort of file and each kind of transform. */
import { kinds } from "../../src/kinds/index.ts";
import { common } from "../../src/project/syntax/transform_file.ts";
import { FILES } from "./format_introductions.mjs";
import { pick, table } from "./key_table.mjs";

const NOTE = "<!-- Made by `make generate` from the code; change it there. -->\n\n";

/** Written out on the page of transforms only. */
const SETTINGS = { stop: ["settings"], see: "[as for a transform](transform.md#how-it-runs)" };

const EXECUTION = ["monitors", "settings", "retries", "timeout", "publish_wait", "snapshot_wait"];

/** `own`: the schema of each kind. */
export function formatPages(schemas, own) {
  const all = [...kinds.values()];
  return [
    ["docs/formats/README.md", overview(all)],
    ...Object.entries(FILES).map(([name, { title, intro }]) => [
      `docs/formats/${name}.md`,
      `${NOTE}# ${title}\n\n${intro}\n\n## Keys\n\n${table(schemas[name], SETTINGS)}\n`,
    ]),
    ["docs/formats/transform.md", transformPage(all, own.get(all.find((kind) => kind.severalOutputs).name))],
    ...all.map((kind) => [`docs/formats/${kind.name}.md`, kindPage(kind, own.get(kind.name))]),
  ];
}

function overview(all) {
  return `${NOTE}# The files of a project

| file | what it says |
| --- | --- |
| [ctf.yaml](ctf.md) | that the folder is a project: targets, variables, defaults |
| [pipelines/PIPELINE/pipeline.yaml](pipeline.md) | that a folder is a pipeline: owners, schedule, defaults |
| [pipelines/PIPELINE/TRANSFORM.yaml](transform.md) | one transform: what goes in, what comes out; its SQL lies beside it under the same name |
| [sources/*.yaml](sources.md) | what transforms read but CTF does not build |
| [pipelines/PIPELINE/*.test.yaml](test.md) | tests of transforms, with rows of their own |

Kinds of transform:

${all.map((kind) => `- [${kind.name}](${kind.name}.md) ${kind.summary}`).join("\n")}

Names of pipelines and transforms come from folders and files: small letters, digits, \`_\` and \`-\`, beginning with a letter.

## YAML

Files are UTF-8 and YAML 1.2: a date such as \`2018-04-17\` stays text, and so do \`yes\`, \`no\`, \`on\` and \`off\`; only
\`true\` and \`false\` are truth values. Windows line ends and a byte order mark do no harm.

CTF does without anchors (\`&\`), aliases (\`*\`), tags (\`!\`), merge keys (\`<<\`) and several documents in a file: a
definition says what it means where it stands. What many transforms share goes under \`defaults:\` of the pipeline or project.

One trap to know: within \`{…}\` and \`[…]\`, YAML ends a value at its first comma, so \`{type: numeric(12,2)}\` needs quotes:
\`{type: "numeric(12,2)"}\`. \`ctf check\` finds it.

## Defaults

The nearest wins: a transform's own value, then its pipeline's \`defaults\`, then the project's. Settings are merged key by
key. Grants add up: a role has what the project, the pipeline and the output give it together.

## Editors

\`schemas/\` has a JSON Schema for each file. Files that CTF writes begin with a line that points editors with the YAML
language server to it.
`;
}

function transformPage(all, schema) {
  const shared = pick(schema, ["kind", "description", "owners", "inputs", "output", "outputs"]);
  return `${NOTE}# Transforms

A transform is one definition: what goes in, what is done, what comes out, and who answers for it. Its file's name is the
transform's, and its SQL lies beside it. Which keys it has beside these depends on its kind:

${all.map((kind) => `- [${kind.name}](${kind.name}.md) ${kind.summary}`).join("\n")}

## Keys of all kinds

${table({ ...shared, properties: { ...shared.properties, kind: { description: common.kind.description } } }, { stop: ["output", "outputs"], see: "see below" })}

An input is one of

\`\`\`yaml
inputs:
  - transform: coverage_spans       # of this pipeline
  - pipeline: members               # of another
    transform: members_clean
  - source: calendar                # what CTF does not build
\`\`\`

## Outputs

${outputsOf(schema)
  .map((output) => `### ${output.required[0]}\n\n${table(output)}`)
  .join("\n\n")}

Names are written \`schema.name\` in small letters. A name that really has capitals or spaces goes in double quotes:
\`raw."Claims 2018"\`. Columns' names are taken exactly as they are written.

## How it runs

${table(pick(schema, EXECUTION))}
`;
}

const outputsOf = ({ properties: { output } }) => output.anyOf ?? [output];

function kindPage(kind, schema) {
  const keys = Object.keys(schema.properties).filter((key) => !(key in common));
  const makes = kind.outputs.join(", ");
  return `${NOTE}# ${kind.name}

${kind.documentation.trim()}

## Its own keys

${keys.length === 0 ? "None: it has those of [all transforms](transform.md)." : `${table(pick(schema, keys))}\n\nThe others are those of [all transforms](transform.md).`}

It makes: ${makes}.${kind.severalOutputs ? " Several, or none, go under `outputs:`." : ""}${kind.mayReadItself ? " It may name itself among its inputs." : ""}
`;
}
