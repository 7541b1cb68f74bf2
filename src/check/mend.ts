import type { TextEdit } from "../diagnostics/diagnostic.ts";
import { isBytes, readBytes, textOf } from "../project/files.ts";
import { addToList, removeFromList } from "../project/write/list_edits.ts";
import { addKey } from "../project/write/map_edits.ts";
import type { Remedy, RuleFinding } from "./rules/rule.ts";

type TextRemedy = Exclude<Remedy, { readonly type: "edit" }>;

/** Where an input list goes if there is none. */
const BEFORE = ["output", "outputs"];

/** Remedies as changes of text. Reads each definition once; undefined where a file is written in an unusual way. */
export function makeMender(root: string): (finding: RuleFinding) => readonly TextEdit[] | undefined {
  const texts = new Map<string, string | undefined>();
  const textIn = (file: string): string | undefined => {
    if (!texts.has(file)) {
      const bytes = readBytes(root, file);
      const text = isBytes(bytes) ? textOf(bytes, file) : undefined;
      texts.set(file, typeof text === "string" ? text : undefined);
    }
    return texts.get(file);
  };
  return ({ file, remedy }) => {
    if (!remedy) return undefined;
    if (remedy.type === "edit") return [remedy.edit];
    const text = textIn(file);
    if (text === undefined) return undefined;
    const edit = editFor(remedy, file, text);
    return edit && [edit];
  };
}

function editFor(remedy: TextRemedy, file: string, text: string): TextEdit | undefined {
  switch (remedy.type) {
    case "add_input":
      return addToList(file, text, "inputs", remedy.input, BEFORE);
    case "remove_input":
      return removeFromList(file, text, "inputs", remedy.index);
    case "mark_phi":
      return addKey(file, text, [...remedy.columns, remedy.index], "phi: true", "type");
  }
}
