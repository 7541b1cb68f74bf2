/** Why a processor takes as long as it does, in a sentence or two. */
import type { Processor } from "../process.ts";
import { eventColumns } from "../processors/types.ts";
import type { Steps } from "../processors/steps.ts";
import type { Compared } from "./types.ts";

export function whyOf(compared: Compared): string {
  const { known, documents, reckonedFrom, events } = compared;
  const share = shareOfWaiting(compared);
  const reckoned =
    reckonedFrom === undefined
      ? ""
      : ` Reckoned up from ${number(reckonedFrom)} of ${number(events)} events: nobody wants to wait for the rest.`;
  return `${reasonOf(known.processor, documents, compared)}${share}${reckoned}`;
}

function reasonOf(processor: Processor, documents: Compared["documents"], compared: Compared): string {
  if ("statement" in processor) {
    return documents === "json"
      ? "One statement, and no row leaves the database; but json is text, parsed anew for every question of every document."
      : "One statement, and no row leaves the database; jsonb finds an answer by its key, without parsing anything.";
  }
  if ("flatten" in processor) {
    return processor.flatten === "sql"
      ? "A whole run of CTF's kind flatten: one statement that looks at each section once; every answer checked, counted, recorded and published."
      : "A whole run of CTF's kind flatten, streamed: COPY out, a walk of each document, COPY in; every answer checked, counted, recorded and published.";
  }
  return `${reading(processor)} ${writing(processor, compared)}`;
}

function reading({ extract, chunk, transform }: Steps): string {
  switch (extract) {
    case "one_by_one":
      return "Two queries for each submission;";
    case "all_at_once":
      return `One query, then everything is in memory${transform === "in_lists" ? " at once, submissions and events" : ""};`;
    case "cursor_joined":
      return `${chunk} submissions at a time, each with its form's schema sent and parsed again;`;
    case "cursor":
      return `${chunk} submissions at a time, the forms read once;`;
  }
}

function writing({ load, chunk }: Steps, { events, statements = 0 }: Compared): string {
  switch (load) {
    case "insert_and_commit":
      return `then an INSERT and a commit for each event. The program stands still ${number(statements)} times, mostly until the disk has it.`;
    case "insert":
      return `then an INSERT for each event, ${number(statements)} ways to the server and back, but a single commit.`;
    case "insert_many":
      return `then ${inserts(events, chunk)}, with ${number(Math.min(chunk, events) * eventColumns.length)} parameters${events <= chunk ? "" : " each"} to be read one by one.`;
    case "copy":
      return "then a single COPY: nothing to plan, and the server stores rows while the program makes the next ones.";
  }
}

const inserts = (events: number, chunk: number): string =>
  events <= chunk ? "a single INSERT" : `${number(Math.ceil(events / chunk))} INSERTs of ${chunk} rows`;

function shareOfWaiting({ waitedSeconds, seconds }: Compared): string {
  if (waitedSeconds === undefined || seconds <= 0) return "";
  return ` ${Math.round((100 * waitedSeconds) / seconds)} % of the time is the database's.`;
}

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
