/** Everything a project makes, tried on an empty warehouse: PostgreSQL itself says what does not fit. */
import { isError, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { buildGraph } from "../graph/graph.ts";
import { topologicalOrder } from "../graph/order.ts";
import type { Kinds } from "../plan/kind.ts";
import { makePlan } from "../plan/make.ts";
import type { Action } from "../plan/types.ts";
import type { Project, TableName } from "../project/types.ts";
import { exampleOf } from "../project/variables.ts";
import { packageVersions } from "../warehouse/embedded/binaries.ts";
import type { ServerName } from "../warehouse/embedded/server.ts";
import { type EmptyWarehouse, withEmptyWarehouse } from "../warehouse/empty/database.ts";
import { noCompileCache, openCompileCache } from "./cache.ts";
import { type Before, columnsOf, gatherChanges } from "./changes.ts";
import { unknownColumns } from "./codes.ts";
import { checkFlattenings, type Flattening } from "./documents.ts";
import { keysOf, reachOf } from "./keys.ts";
import { type Places, placesIn } from "./places.ts";
import { planSelects, type Select } from "./queries.ts";
import { makeStandIns } from "./stand_ins.ts";
import { StatementRunner } from "./statements.ts";
import { unitsOf, type Relation, type Unit, type Units } from "./units.ts";
import { onlyPlanned } from "./without_files.ts";
import { says } from "./words.ts";

export interface CompileOptions {
  /** false neither reads nor writes `.ctf/cache/compile`. */
  readonly cache?: boolean;
  /** Another scratch server than the project's own. */
  readonly server?: ServerName;
  /** Gets what takes time: starting a server. */
  readonly notice?: (text: string) => void;
  /** How the project was before its changes; asked when something fails that never compiled on this machine. */
  readonly before?: () => Promise<Before | undefined>;
}

/** Tables and queries go through as many sessions as small machines have processors. */
const SESSIONS = 2;

/**
 * What PostgreSQL has against the project's SQL and declarations, at their places. What compiled before and could not have
 * changed since is not tried again; when that is all, no server is started.
 * @throws DiagnosticError when there is no server to be had
 */
export async function compileProject(
  project: Project,
  kinds: Kinds,
  { cache: remember = true, server = serverOf(project), notice = () => {}, before }: CompileOptions = {},
): Promise<readonly Diagnostic[]> {
  const units = unitsOf(project);
  const keys = keysOf(units, JSON.stringify([packageVersions[project.postgres], project.variables]));
  const cache = remember ? openCompileCache(project.root) : noCompileCache;
  const stale = new Set(
    [...units.byId.values()].filter((unit) => cache.last(unit.transform.id)?.key !== keys.get(unit)!.key),
  );
  if (stale.size === 0) return [];

  let located: Promise<Places> | undefined;
  const places = () => (located ??= placesIn(project.root));
  const { diagnostics, uncertain } = await withEmptyWarehouse(server, variableValues(project), notice, (warehouse) =>
    new Compilation(project, kinds, units, stale, places, remember).run(warehouse),
  );
  const told = new Set(diagnostics.map(({ transform }) => transform));
  const relations = new Map(units.relations.map((relation) => [relation.text, relation]));
  const gathered = await gatherChanges(diagnostics, { units, keys, cache, places, before });
  for (const unit of stale) {
    const { id } = unit.transform;
    if (told.has(id) || uncertain.has(unit) || !unit.words) continue;
    cache.keep(id, keys.get(unit)!, (relation) => columnsOf(relations.get(relation)!));
  }
  cache.save(new Set(units.byId.keys()));
  return gathered;
}

const serverOf = ({ root, postgres }: Project): ServerName => ({ root, role: "scratch", major: postgres });

/** SQL that reads a variable without a default is planned with a value of its type. */
const variableValues = ({ variables }: Project): Readonly<Record<string, string>> =>
  Object.fromEntries(variables.map((variable) => [variable.name, variable.default ?? exampleOf(variable)]));

interface Result {
  readonly diagnostics: readonly Diagnostic[];
  /** Units that could not be looked at, because something that they read is not there. */
  readonly uncertain: ReadonlySet<Unit>;
}

/** One trip through an empty warehouse. A lifetime, hence a class. */
class Compilation {
  private readonly project: Project;
  private readonly kinds: Kinds;
  private readonly units: Units;
  private readonly stale: ReadonlySet<Unit>;
  private readonly places: () => Promise<Places>;
  private readonly remember: boolean;
  private readonly uncertain = new Set<Unit>();
  private readonly diagnostics: Diagnostic[] = [];
  /** Units whose statements failed or could not be run. */
  private readonly unusable = new Set<Unit>();
  private readonly sources: ReadonlyMap<string, Relation | "files">;
  /** Tables that are missing because their definitions can't be read. */
  private readonly unread: readonly TableName[];

  constructor(
    project: Project,
    kinds: Kinds,
    units: Units,
    stale: ReadonlySet<Unit>,
    places: () => Promise<Places>,
    remember: boolean,
  ) {
    this.project = project;
    this.kinds = kinds;
    this.units = units;
    this.stale = stale;
    this.places = places;
    this.remember = remember;
    const relations = new Map(units.relations.map((relation) => [relation.declared, relation as Relation]));
    this.sources = new Map(
      project.sources.map((source) => [source.sourceName, source.type === "table" ? relations.get(source)! : "files"]),
    );
    const known = new Set(units.relations.map(({ text }) => text));
    this.unread = [...project.unread.tables].flatMap((text) => {
      const [schema = "", name = ""] = text.split(".");
      return known.has(text) ? [] : [{ schema, name }];
    });
  }

  async run(warehouse: EmptyWarehouse): Promise<Result> {
    const reach = reachOf(this.units, this.stale);
    const { makers, relations } = reach;
    const actions = await this.actions(makers);
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => warehouse.session()));
    const schemas = new Set(
      [...makers, ...this.stale].flatMap(({ transform }) =>
        transform.outputs.flatMap((output) => (output.type === "file" ? [] : [output.schema])),
      ),
    );
    for (const { declared } of relations) schemas.add(declared.schema);
    const standIns = await makeStandIns(
      sessions,
      [...relations],
      schemas,
      this.stale,
      this.places,
      onlyPlanned(this.units, reach, this.stale),
    );

    const runner = new StatementRunner(warehouse, sessions[0]!, standIns);
    for (const unit of this.inOrder(makers)) {
      const action = actions.get(unit);
      if (this.isCutOff(unit, standIns.missing) || action?.type !== "run_statements") {
        this.uncertain.add(unit);
        this.unusable.add(unit);
        continue;
      }
      const found = await runner.run(unit, action);
      this.diagnostics.push(...found);
      if (warehouse.isStuck()) {
        for (const unknown of this.stale) this.uncertain.add(unknown);
        return { diagnostics: this.diagnostics, uncertain: this.uncertain };
      }
      if (found.some(isError)) this.unusable.add(unit);
      await standIns.again();
    }
    this.diagnostics.push(...(await standIns.finish()));

    const known = () => this.units.relations.map(({ text }) => text);
    const { flattenings, selects } = this.queries(actions, standIns.missing);
    this.diagnostics.push(...(await checkFlattenings(sessions[0]!, flattenings)));
    this.diagnostics.push(...(await planSelects(warehouse, sessions, selects, known)));
    this.diagnostics.push(...(await this.undeclaredColumns(standIns.missing)));
    return { diagnostics: this.diagnostics, uncertain: this.uncertain };
  }

  /** What is to be asked about the rows of the stale units; one that is cut off is noted as uncertain. */
  private queries(
    actions: ReadonlyMap<Unit, Action>,
    missing: ReadonlySet<Relation>,
  ): { readonly flattenings: readonly Flattening[]; readonly selects: readonly Select[] } {
    const flattenings: Flattening[] = [];
    const selects: Select[] = [];
    for (const unit of this.stale) {
      const action = actions.get(unit);
      if (!action || !("rows" in action)) continue;
      const { rows, output } = action;
      if (rows.type !== "documents" && rows.type !== "query") continue;
      if (this.isCutOff(unit, missing)) {
        this.uncertain.add(unit);
        continue;
      }
      const isMade = unit.relations.every((relation) => !missing.has(relation));
      if (rows.type === "query") selects.push({ unit, query: rows.query, output, comparable: isMade });
      // A table that could not be made as it is declared has been told of.
      else if (isMade) flattenings.push({ unit, rows, output });
    }
    return { flattenings, selects };
  }

  /** What is to be done for each unit with SQL, or without code; what keeps one from being planned is told. */
  private async actions(makers: ReadonlySet<Unit>): Promise<ReadonlyMap<Unit, Action>> {
    const wanted = [...new Set([...this.stale, ...makers])].filter(
      ({ transform }) => transform.codeHolds ?? transform.codeFile === undefined,
    );
    const isReadable = (unit: Unit) => unit.text !== undefined && !this.lacksSource(unit);
    const readable = wanted.filter(isReadable);
    for (const unit of wanted) if (!isReadable(unit)) this.uncertain.add(unit);
    const texts = new Map(readable.map(({ transform, text }) => [transform.codeFile, text!]));
    const { plan, diagnostics } = await makePlan(this.project, this.kinds, {
      ids: readable.map(({ transform }) => transform.id),
      description: "everything",
      target: this.project.defaultTarget,
      variables: {},
      readCode: (file) => texts.get(file)!,
      cache: this.remember,
    });
    this.diagnostics.push(...diagnostics);
    return new Map(plan.transforms.map(({ id, action }) => [this.units.byId.get(id)!, action]));
  }

  private inOrder(makers: ReadonlySet<Unit>): readonly Unit[] {
    if (makers.size === 0) return [];
    const order = topologicalOrder(buildGraph(this.project));
    return order.map((id) => this.units.byId.get(id)!).filter((unit) => makers.has(unit));
  }

  /** Whether something that it declares to read is not there: then an error of its would only follow from another. */
  private isCutOff({ transform, words }: Unit, missing: ReadonlySet<Relation>): boolean {
    if (this.unread.some(({ schema, name }) => !words || (says(words, schema) && says(words, name)))) return true;
    return transform.inputs.some((input) => {
      if (input.type === "transform") {
        const unit = this.units.byId.get(input.id);
        if (unit?.transform === transform) return false;
        return !unit || this.lacksFunctions(unit) || unit.relations.some((relation) => missing.has(relation));
      }
      const source = this.sources.get(input.name);
      return source === undefined || (source !== "files" && missing.has(source));
    });
  }

  /** Its source may stand in a file that can't be read. */
  private lacksSource({ transform }: Unit): boolean {
    return transform.inputs.some((input) => input.type === "source" && !this.sources.has(input.name));
  }

  private lacksFunctions(unit: Unit): boolean {
    return this.unusable.has(unit) && unit.transform.outputs.some((output) => output.type === "function");
  }

  /** One warning for each table that is read and says nothing about its columns. */
  private async undeclaredColumns(missing: ReadonlySet<Relation>): Promise<readonly Diagnostic[]> {
    const silent = [...missing].filter(({ columns, maker }) => columns.length === 0 && !maker?.byStatements);
    const found: Diagnostic[] = [];
    for (const relation of silent) {
      const readers = [...this.uncertain].filter((unit) => this.units.read(unit).includes(relation));
      if (readers.length === 0) continue;
      const who = readers.length === 1 ? readers[0]!.transform.id : `${readers.length} transforms that read it`;
      found.push(
        unknownColumns({
          message: `${relation.text} does not declare its columns, so ${who} could not be compiled`,
          span: (await this.places())(relation, []),
          hint: "Declare its columns, with their types.",
        }),
      );
    }
    return found;
  }
}
