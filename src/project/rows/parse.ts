/** A YAML file as a tree whose scalars know their source text, for what is taken as it is written. */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { emptyFile } from "../codes/file_codes.ts";
import { doubledDiagnostics } from "../read/file.ts";
import { type Node, nodesOf, type Places, placesIn } from "../yaml/places.ts";
import { isFault, parseEventsOf, unusualIn } from "../yaml/yaml.ts";
import { faultDiagnostic } from "../yaml/yaml_faults.ts";

export interface ParsedNodes {
  /** Absent where the file can't be read at all. */
  readonly root?: Node;
  readonly places: Places;
  readonly diagnostics: readonly Diagnostic[];
}

export function parseNodes(file: string, text: string): ParsedNodes {
  const places = placesIn(text);
  const events = parseEventsOf(text);
  const fault = isFault(events) ? events : unusualIn(events);
  if (fault || isFault(events)) return { places, diagnostics: [faultDiagnostic(fault!, text, file, places)] };
  const root = nodesOf(text, events);
  if (!root || (root.type === "scalar" && root.start === root.end)) {
    const message = "the file has nothing in it";
    return {
      places,
      diagnostics: [emptyFile({ message, span: { file }, hint: "Write what it is for, or remove it." })],
    };
  }
  return { root, places, diagnostics: doubledDiagnostics(root, text, file, places) };
}
