/** Whom each change of a contract concerns: who reads that very column, and who only follows from these. */
import { type ColumnId, type Edge, type Lineage } from "../check/lineage/graph.ts";
import { isShut } from "../check/restrictions.ts";
import { buildGraph, type Graph, reach } from "../graph/graph.ts";
import type { Transform } from "../project/types.ts";
import { selectsStar } from "../sql/questions/stars.ts";
import { readTypeName } from "../sql/questions/type_names.ts";
import type { Sides } from "./side.ts";
import type { Change, ContractChange, Difference, FoundChange, FoundEntry, Reader } from "./types.ts";
import { sameType } from "./widening.ts";

export interface Lineages {
  readonly before: Lineage;
  readonly now: Lineage;
}

/** Of the newer side are the transforms that are concerned. The caller has awaited `loadParser()`. */
export function concerned(entries: readonly FoundEntry[], sides: Sides, lineages: Lineages): Difference {
  const world = worldOf(entries, sides, lineages);
  return {
    entries: entries.map((entry) => ({ ...entry, changes: entry.changes.map((one) => told(one, entry, world)) })),
  };
}

/** The same, where nobody asks whom it concerns. */
export const withoutReaders = (entries: readonly FoundEntry[]): Difference => ({
  entries: entries.map((entry) => ({ ...entry, changes: entry.changes.map(({ area, text }) => ({ area, text })) })),
});

interface World {
  readonly lineages: Lineages;
  readonly graph: Graph;
  readonly transforms: ReadonlyMap<string, Transform>;
  /** What a transform is called now. */
  readonly names: ReadonlyMap<string, string>;
  readonly changed: ReadonlySet<string>;
  /** Whether statements that nobody looks into select all columns of something. */
  hasStar(transform: Transform): boolean;
}

function worldOf(entries: readonly FoundEntry[], { before, now }: Sides, lineages: Lineages): World {
  // A change may be the very reason why a reader of it can't be read any more: it is one all the same.
  const known = [...now.project.transforms, ...before.project.transforms.filter(({ id }) => now.unreadable.has(id))];
  const ofTransforms = entries.filter(({ what }) => what === "transform");
  return {
    lineages,
    graph: buildGraph({ transforms: known }),
    transforms: new Map(known.map((transform) => [transform.id, transform])),
    names: new Map(ofTransforms.flatMap(({ before, name }) => (before === undefined ? [] : [[before, name]]))),
    changed: new Set(
      ofTransforms.filter(({ changes }) => changes.some(({ area }) => area === "logic")).map(({ name }) => name),
    ),
    hasStar: ({ codeFile, codeHolds }) => codeHolds === "statements" && selectsStar(now.read(codeFile!)),
  };
}

function told({ area, text, contract }: FoundChange, entry: FoundEntry, world: World): Change {
  if (!contract) return { area, text };
  const direct = readersOf(contract, entry, world);
  const readers = [...affected(contract, direct, world)].map(([id, how]) => readerOf(id, how, world));
  const breaking = contract.effect.type === "breaks" || (contract.effect.type !== "safe" && readers.length > 0);
  const ids = new Set(readers.map(({ transform }) => transform));
  const further = [...reach(world.graph.downstream, ids)]
    .filter((id) => !ids.has(id) && id !== entry.name)
    .map((id) => readerOf(id, "follows", world));
  const { column } = contract;
  const change: ContractChange = {
    relation: contract.now ?? contract.before!,
    ...(column !== undefined && { column }),
    breaking,
    readers: readers.sort(byName),
    further: further.sort(byName),
    place: contract.place,
  };
  return { area, text, contract: change };
}

const byName = (a: Reader, b: Reader): number => (a.transform < b.transform ? -1 : 1);

type Contract = NonNullable<FoundChange["contract"]>;
type Readers = ReadonlyMap<string, Reader["how"]>;

function readerOf(id: string, how: Reader["how"], { transforms, changed }: World): Reader {
  const { pipeline, owners } = transforms.get(id)!;
  return { transform: id, pipeline, owners, how, changedToo: changed.has(id) };
}

/** Who read it then or reads it now, by their names now. Who is gone reads nothing. */
function readersOf({ before, now, column }: Contract, entry: FoundEntry, world: World): Readers {
  const { lineages, names, transforms } = world;
  const found = new Map<string, Reader["how"]>();
  for (const edge of edgesFrom(lineages, before, now, column)) {
    const id = names.get(edge.transform.id) ?? edge.transform.id;
    if (id === entry.name || !transforms.has(id)) continue;
    const isSeen = edge.how !== "declared" || (column === undefined && edge.transform.codeHolds === "select");
    if (isSeen || !found.has(id)) found.set(id, isSeen ? "reads" : "may_read");
  }
  if (found.size > 0 || lineages.now.tables.has(now ?? "") || lineages.before.tables.has(before ?? "")) return found;
  // Functions have no columns: whoever declares the transform as an input may call them.
  const declares = ({ inputs }: Transform) => inputs.some((one) => one.type === "transform" && one.id === entry.name);
  return new Map([...transforms.values()].filter(declares).map(({ id }) => [id, "may_read"]));
}

function edgesFrom(lineages: Lineages, before?: string, now?: string, column = "*"): readonly Edge[] {
  const edges = (lineage: Lineage, relation: string | undefined): readonly Edge[] =>
    relation === undefined ? [] : lineage.down({ relation, column });
  return [...edges(lineages.before, before), ...edges(lineages.now, now)];
}

/** Of the readers, whom the change reaches. */
function affected(contract: Contract, readers: Readers, world: World): Readers {
  const { effect, now, column = "*" } = contract;
  switch (effect.type) {
    case "safe":
      return new Map();
    case "breaks":
      return readers;
    case "adds":
      // Whoever did not change and gets it all the same has a star.
      return new Map(
        [...readers].filter(
          ([id, how]) => !world.changed.has(id) && (how === "reads" || world.hasStar(world.transforms.get(id)!)),
        ),
      );
    case "widens": {
      const id: ColumnId = { relation: now!, column };
      const copies = world.lineages.now.down(id).filter(({ how }) => how === "copy");
      const narrow = copies.filter(({ to }) => {
        const type = readTypeName(world.lineages.now.columnOf(to)?.type ?? "");
        return type !== undefined && sameType(type, effect.from);
      });
      return new Map(narrow.map(({ transform }) => [transform.id, "reads"]));
    }
    case "shuts": {
      const relation = world.lineages.now.tables.get(now!)?.relation;
      return new Map([...readers].filter(([id]) => relation && isShut(relation, world.transforms.get(id)!)));
    }
  }
}
