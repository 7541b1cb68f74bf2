/**
 * Reads YAML 1.2 (core schema: dates stay text, `yes` and `on` are text). js-yaml's events carry offsets, so values and places
 * come from one parser and cannot disagree; plain files don't even need it.
 */
import { constructFromEvents, type Event, EVENT_ID, parseEvents, YAMLException } from "js-yaml";
import { NOT_PLAIN, readPlainYaml } from "./plain_yaml.ts";

export type Events = readonly Event[];

export interface YamlFault {
  /** The parser's own words; `yaml_faults.ts` says them plainly. */
  readonly reason: string;
  readonly offset?: number;
}

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: YamlFault };

/** The value of a file that uses plain YAML only. Anything else is a fault, to be put into words on the slow path. */
export function parseYaml(text: string): Parsed {
  const plain = readPlainYaml(text);
  if (plain !== NOT_PLAIN) return { ok: true, value: plain };
  return parseFully(text);
}

/** The same by the whole parser alone. */
export function parseFully(text: string): Parsed {
  try {
    const events = parseEvents(text, {});
    const extra = unusualIn(events);
    if (extra) return { ok: false, fault: extra };
    const documents = constructFromEvents(events, { source: text, maxAliases: 0 });
    return { ok: true, value: documents[0] ?? null };
  } catch (error) {
    return { ok: false, fault: faultOf(error) };
  }
}

/** The events of a text, where it has any. */
export function parseEventsOf(text: string): Events | YamlFault {
  try {
    return parseEvents(text, {});
  } catch (error) {
    return faultOf(error);
  }
}

export const isFault = (parsed: Events | YamlFault): parsed is YamlFault => "reason" in parsed;

/** Like parseYaml, but of doubled keys the last one counts, so that a file's other problems can be told in the same go. */
export function parseLoosely(text: string): Parsed {
  try {
    const events = parseEvents(text, {});
    return { ok: true, value: constructFromEvents(events, { source: text, json: true })[0] ?? null };
  } catch (error) {
    return { ok: false, fault: faultOf(error) };
  }
}

/** Anchors, aliases, tags, merge keys and a second document: YAML that CTF's definitions do without. */
export function unusualIn(events: Events): YamlFault | undefined {
  let documents = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      documents++;
      if (documents > 1) return { reason: "second document" };
    } else if (event.type === EVENT_ID.ALIAS) {
      return { reason: "alias", offset: event.anchorStart - 1 };
    } else if (event.type !== EVENT_ID.POP) {
      if (event.anchorStart !== -1) return { reason: "anchor", offset: event.anchorStart - 1 };
      if (event.tagStart !== -1) return { reason: "tag", offset: event.tagStart };
    }
  }
  return undefined;
}

function faultOf(error: unknown): YamlFault {
  if (!(error instanceof YAMLException)) throw error;
  return { reason: error.reason, ...(error.mark && { offset: error.mark.position }) };
}
