/** `ctf start pipeline NAME` */
import { writeNewFiles } from "../../project/write/new_files.ts";
import { copySchemas, schemaLine } from "../../project/write/schemas.ts";
import { gap, yamlText } from "../../project/write/yaml_text.ts";
import { ownersEntry } from "./owner.ts";
import { checkName, mustNotExist } from "./place.ts";

/** @returns the path of its pipeline.yaml */
export function startPipeline(root: string, name: string, env: Readonly<Record<string, string | undefined>>): string {
  checkName(name, "pipeline");
  const file = `pipelines/${name}/pipeline.yaml`;
  mustNotExist(root, file);
  const text = yamlText([
    schemaLine(file, "pipeline"),
    ["description", gap("what is it about?")],
    ...ownersEntry(root, env),
    'schedule: "0 6 * * *"',
  ]);
  writeNewFiles(root, { [file]: text });
  copySchemas(root);
  return file;
}
