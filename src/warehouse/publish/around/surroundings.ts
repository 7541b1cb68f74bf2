/**
 * All that a swap has to mind around the published table, read at one moment: before the build, so that nothing is built
 * in vain, and again under the lock of the publish.
 */
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { TableOutput } from "../../../project/types.ts";
import type { DescribedColumn } from "../../session/describe.ts";
import { viewsOfEnvironments } from "../../environments/given_up.ts";
import { kindProblems } from "../../introspect/existing.ts";
import type { Work } from "../../work.ts";
import { swapProblems, viewsOf } from "./dependents.ts";
import { ourForeignKeys, type KeptKey } from "../foreign_keys.ts";
import { readChain, type Chain } from "./rebuild_views.ts";
import type { Relation } from "../relation.ts";
import { breakProblem, breaksOf, foreignViews, readViews, type View } from "./views.ts";

export interface Surroundings {
  /** Foreign keys of other tables that CTF made, by oid. */
  readonly keys: ReadonlyMap<number, KeptKey>;
  /** Views to be pointed to the new table. */
  readonly repointed: readonly View[];
  /** Views of environments that can't follow: to be dropped. */
  readonly givenUp: readonly View[];
  /** Views to be dropped and made again. */
  readonly rebuilt: Chain;
  readonly problems: readonly Diagnostic[];
}

const nothing: Surroundings = {
  keys: new Map(),
  repointed: [],
  givenUp: [],
  rebuilt: { views: [], problems: [] },
  problems: [],
};

/** @param newColumns asked for only when there are views: the columns of the table that is to come */
export async function readSurroundings(
  work: Work,
  output: TableOutput,
  old: Relation | undefined,
  newColumns: () => Promise<readonly DescribedColumn[]>,
): Promise<Surroundings> {
  if (!old) return nothing;
  const { client, span } = work;
  const otherKind = kindProblems(work, output, old);
  if (otherKind.length > 0) return { ...nothing, problems: otherKind };
  const keys = await ourForeignKeys(client, old);
  const ours = new Set(keys.keys());
  const problems = swapProblems(output, old, ours, span);
  const reads = viewsOf(old, ours);
  if (reads.length === 0) return { ...nothing, keys, problems };

  const views = await readViews(
    client,
    reads.map(({ oid }) => oid),
  );
  const breaks = await breaksOf(client, reads, views, {
    columns: await newColumns(),
    hasKey: output.primaryKey !== undefined,
  });
  const givenUp = await viewsOfEnvironments(
    client,
    breaks.map(({ view }) => view).filter(({ ours: isOurs }) => isOurs),
    output,
  );
  const theirs = breaks.filter(({ view }) => !givenUp.includes(view));
  const rebuild = work.rebuildViews ? theirs.filter(({ forGood }) => !forGood) : [];
  const rebuilt = await readChain(
    work,
    output,
    rebuild.map(({ view }) => view),
  );
  const dropped = new Set([...givenUp, ...rebuilt.views].map(({ oid }) => oid));
  const broken = theirs.filter((one) => !rebuild.includes(one));
  return {
    keys,
    repointed: views.filter(({ oid }) => !dropped.has(oid)),
    givenUp,
    rebuilt,
    problems: [
      ...problems,
      ...broken.map((one) => breakProblem(one, output, span)),
      ...foreignViews([...views.filter(({ oid }) => !dropped.has(oid)), ...rebuilt.views], output, span),
      ...rebuilt.problems,
    ],
  };
}
