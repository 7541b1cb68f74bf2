/** Why a processor takes as long as it does, in a sentence or two. */
import type { Processor } from "../process.ts";
import { rowsOfInsert } from "../processors/load.ts";
import { eventColumns } from "../processors/types.ts";
import type { Steps } from "../processors/steps.ts";
import type { Compared } from "./types.ts";

export function whyOf(compared: Compared): string {
  const { known, documents, reckonedFrom, events } = compared;
  if (events === 0) return "There is nothing to do; this is what beginning and ending cost.";
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
  return `${reading(processor, compared)} ${writing(processor, compared)}`;
}

function reading({ extract, chunk, transform }: Steps, { submissions }: Compared): string {
  const some = submissions <= chunk ? "All submissions at once" : `${number(chunk)} submissions at a time`;
  switch (extract) {
    case "one_by_one":
      return "Two queries for each submission;";
    case "all_at_once":
      return `One query, then everything is in memory${transform === "in_lists" ? " at once, submissions and events" : ""};`;
    case "cursor_joined":
      return `${some}, each with its form's schema ${transform === "path_map" ? "sent and parsed" : "sent, parsed and walked"} again;`;
    case "cursor":
      return `${some}, the forms read ${transform === "path_map" ? "and walked once" : "once, but walked for each submission"};`;
  }
}

function writing({ load, chunk, transform }: Steps, { events, statements = 0 }: Compared): string {
  switch (load) {
    case "insert_and_commit":
      return `then an INSERT and a commit for each event. The program stands still ${number(statements)} times, at each event until the disk has it.`;
    case "insert":
      return `then an INSERT for each event, ${number(statements)} ways to the server and back, but a single commit.`;
    case "insert_many": {
      const rows = Math.min(rowsOfInsert(chunk), events);
      const [inserts, each] =
        rows === events
          ? ["a single INSERT", ""]
          : [`${number(Math.ceil(events / rows))} INSERTs of up to ${number(rows)} rows`, " each"];
      return `then ${inserts}, with ${number(rows * eventColumns.length)} parameters${each} to be read one by one.`;
    }
    case "copy":
      return transform === "in_lists"
        ? "then a single COPY: nothing to plan."
        : "then a single COPY: nothing to plan, and the server stores rows while the program makes the next ones.";
  }
}

function shareOfWaiting({ waitedSeconds, seconds }: Compared): string {
  if (waitedSeconds === undefined || seconds <= 0) return "";
  return ` ${Math.round((100 * waitedSeconds) / seconds)} % of the time is the database's.`;
}

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
