/** V8's own profile of what goes on, as browsers' developer tools and editors open it. */
import { readFileSync } from "node:fs";
import { Session, type Profiler } from "node:inspector/promises";
import { SourceMap, type SourceMapping } from "node:module";

export type CpuProfile = Profiler.Profile;

/** A look so often, in microseconds. */
const INTERVAL = 500;

export async function profiled<T>(work: () => Promise<T>): Promise<{ readonly done: T; readonly profile: CpuProfile }> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: INTERVAL });
    await session.post("Profiler.start");
    const done = await work();
    const { profile } = await session.post("Profiler.stop");
    return { done, profile: inSources(profile) };
  } finally {
    session.disconnect();
  }
}

/** What is published are a few files made of many. A profile names the files that people read. */
function inSources(profile: CpuProfile): CpuProfile {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (url: string): SourceMap | undefined => {
    if (!maps.has(url)) maps.set(url, readMap(url));
    return maps.get(url);
  };
  const nodes = profile.nodes.map((node) => {
    const { url, lineNumber, columnNumber } = node.callFrame;
    const entry = url.startsWith("file:") ? mapOf(url)?.findEntry(lineNumber, columnNumber) : undefined;
    if (!entry || !isFound(entry)) return node;
    const source = new URL(entry.originalSource, url).href;
    const place = { url: source, lineNumber: entry.originalLine, columnNumber: entry.originalColumn };
    const { positionTicks: _, ...rest } = node; // lines of the file that was made
    return { ...rest, callFrame: { ...node.callFrame, ...place } };
  });
  return { ...profile, nodes };
}

const isFound = (entry: SourceMapping | object): entry is SourceMapping => "originalSource" in entry;

function readMap(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${url}.map`), "utf8")));
  } catch {
    return undefined; // it is a source itself
  }
}
