/** One transform tried on one set of rows after the other, in a transaction that nothing remains of. */
import { DiagnosticError, type Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { Facts, MadeRows } from "../../../generate/types.ts";
import type { GivenTable } from "../../types.ts";
import { batch, type Statement } from "../../../warehouse/session/batch.ts";
import { fromQuery } from "../../../warehouse/build/from_query.ts";
import { isFilledIn } from "../../../warehouse/build/table.ts";
import { columnProblems } from "../../../warehouse/build/verify_columns.ts";
import { describe } from "../../../warehouse/session/describe.ts";
import { explainError } from "../../../warehouse/session/steps.ts";
import { backToBeginning, beginTrying, endTrying, ORDERS } from "../../../warehouse/testbed/made_rows.ts";
import type { Work } from "../../../warehouse/work.ts";
import { type FactsMemory, insertsOf } from "../../given/rows.ts";
import { joinable, type Samples, type Uses } from "../inputs/joinable.ts";
import {
  allReordered,
  insertsOfRows,
  makeInputs,
  ROWS,
  withAssumedKeys,
  withNamedJoins,
  withoutInfinity,
} from "../inputs/made_inputs.ts";
import { type Outcome, type Rehearse, RowsRefused } from "./outcome.ts";
import { rehearseAllStatements, rehearseMergedRows } from "./rehearse_action.ts";
import { rehearseQueryRows } from "./rehearse_query.ts";
import type { StructuralSubject } from "../subject.ts";

export interface StageOptions {
  readonly seed: number;
  readonly until: string;
  /** Of all relations, for rows that a test gives. */
  readonly memory: FactsMemory;
  readonly samples: Samples;
  /** Where it can't be tried in the stage's own transaction. */
  readonly rehearse?: Rehearse;
}

/** Other seeds that are tried where no row came through. */
const ATTEMPTS = 3;
/** Where nobody sees what a function reads texts as: what they are made as, should it not take them for texts. */
const READ_AS = ["int4", "date"] as const;
/** A try that takes longer is one of few. */
const SLOW_MS = 50;

/** What came of made rows. */
export interface Tried {
  readonly rows: readonly MadeRows[];
  readonly outcome: Outcome;
}

interface How {
  readonly twice?: boolean;
  readonly isBrief?: boolean;
  readonly isEmpty?: boolean;
}

interface Given extends Omit<How, "isEmpty"> {
  readonly order?: string;
}

/** A lifetime, hence a class: `close` ends the transaction. */
export class Stage {
  readonly subject: StructuralSubject;
  readonly work: Work;
  private readonly options: StageOptions;
  private rehearse: Rehearse | undefined;
  /** What the function seems to read texts as. */
  private texts: (typeof READ_AS)[number] | undefined;
  /** A try takes so long that not many can be made. */
  isSlow = false;
  /** Why no rows could be made up. */
  reason: string | undefined;
  private readonly kept = new Map<string, Promise<unknown>>();

  constructor(subject: StructuralSubject, work: Work, options: StageOptions) {
    this.subject = subject;
    this.work = work;
    this.options = options;
  }

  /** What PostgreSQL has against the SQL itself; and what differs between its columns and the declared ones. */
  compiled(): Promise<{ readonly refused: readonly Diagnostic[]; readonly differs: readonly Diagnostic[] }> {
    return this.once("compiled", () => this.compile());
  }

  private async compile() {
    const { work } = this;
    const { action, settings } = work.planned;
    const views = this.subject.inputs.flatMap(({ declared }) => (declared.type === "view" ? [declared] : []));
    await batch(work.client, beginTrying(settings, views));
    if (this.options.rehearse) {
      this.rehearse = this.options.rehearse;
      const { refused } = await this.empty();
      return { refused: refused?.by === "code" ? refused.diagnostics : [], differs: [] };
    }
    if (action.type === "run_statements") {
      this.rehearse = rehearseAllStatements(work, action);
      return { refused: [], differs: [] };
    }
    if ((action.type !== "build_table" && action.type !== "merge_rows") || action.rows.type !== "query") {
      throw new Error(`${action.type} is not rehearsed`);
    }
    const { query } = action.rows;
    const { output } = action;
    try {
      const given = await describe(work.client, query.text);
      const span = { file: query.file, start: { line: query.line, column: query.column } };
      const differs = await columnProblems(work.client, output, given, {
        giver: query.file,
        span,
        mayLack: isFilledIn,
      });
      if (differs.length > 0) return { refused: [], differs };
      const names = given.map(({ name }) => name);
      if (action.type === "build_table") this.rehearse = rehearseQueryRows(work, query, output, names);
      else {
        const filler = fromQuery(action.rows, output, true);
        await filler.prepare(work);
        this.rehearse = rehearseMergedRows(work, action, filler);
      }
    } catch (error) {
      const explained = explainError(error, { code: query });
      if (!(explained instanceof DiagnosticError)) throw explained;
      return { refused: explained.diagnostics, differs: [] };
    }
    return { refused: [], differs: [] };
  }

  empty(): Promise<Outcome> {
    return this.once("empty", () => this.run([], { isEmpty: true }));
  }

  /** Rows as one expects them, and whatever came of them a second time. */
  plausible(): Promise<Tried | undefined> {
    return this.once("plausible", () => this.tryPlausible());
  }

  private async tryPlausible(): Promise<Tried | undefined> {
    const { seed } = this.options;
    let tried: Tried | undefined;
    for (let n = 0; n < ATTEMPTS; n++) {
      tried = await this.tryRows(this.joined(), "plausible", seed + n);
      if (tried?.outcome.refused?.by === "rule" && this.subject.keyCopies.size > 0) {
        // What becomes the output's key is taken for a key of the input, where that declares none.
        const assumed = await this.tryRows(this.assumed(), "plausible", seed + n);
        if (assumed && !assumed.outcome.refused) tried = assumed;
      }
      if (tried?.outcome.refused?.state?.startsWith("22") && this.options.rehearse) {
        for (const type of READ_AS) {
          const other = await this.tryRows(this.readAs(type), "plausible", seed + n);
          if (!other || other.outcome.refused) continue;
          this.texts = type;
          return other;
        }
      }
      if (!tried || tried.outcome.refused || countRows(tried.outcome) > 0) return tried;
    }
    return tried;
  }

  /** The same rows in other orders, one after the other. */
  async *otherOrders(): AsyncGenerator<Outcome> {
    const tried = await this.plausible();
    if (!tried) return;
    const mayDepend = this.subject.suspects.some(({ by }) => by === "order");
    for (const order of mayDepend ? ORDERS : ORDERS.slice(0, 1)) {
      yield await this.run([...insertsOfRows(tried.rows), ...allReordered(this.subject.facts, order)]);
    }
  }

  /** Rows with what is easily forgotten. */
  edge(): Promise<Tried | undefined> {
    return this.once("edge", () => this.tryUnusual("edge"));
  }

  /** Rows with values at the ends of what the types hold. */
  extreme(): Promise<Tried | undefined> {
    return this.once("extreme", () => this.tryUnusual("extreme"));
  }

  /** With the same keys as the plausible rows: these are not what it is about. */
  private tryUnusual(profile: "edge" | "extreme"): Promise<Tried | undefined> {
    const { texts } = this;
    const facts = texts ? this.readAs(texts) : this.subject.keyCopies.size > 0 ? this.assumed() : this.joined();
    const ends = profile === "extreme" && callsPython(this.work.planned) ? withoutInfinity(facts) : facts;
    return this.tryRows(ends, profile, this.options.seed);
  }

  private async tryRows(
    facts: Facts,
    profile: "plausible" | "edge" | "extreme",
    seed: number,
  ): Promise<Tried | undefined> {
    // Making rows may ask PostgreSQL, and can't in a transaction that has failed.
    await batch(this.work.client, [backToBeginning]);
    const rows = await makeInputs(this.work.client, facts, {
      profile,
      seed,
      until: this.options.until,
      afterError: backToBeginning,
    });
    if (typeof rows === "string") {
      this.reason = rows;
      return undefined;
    }
    try {
      const outcome = await this.run(insertsOfRows(rows), {
        twice: profile === "plausible",
        isBrief: profile === "extreme",
      });
      return { rows, outcome };
    } catch (error) {
      if (error instanceof RowsRefused) return undefined;
      throw error;
    }
  }

  private joined(): Facts {
    return this.facts("joined", this.subject.facts);
  }

  private assumed(): Facts {
    return this.facts("assumed", withAssumedKeys(this.subject.facts, this.subject.keyCopies));
  }

  /** All texts as if they were read as this type. */
  private readAs(type: (typeof READ_AS)[number]): Facts {
    const { facts, keyCopies, uses } = this.subject;
    const readAs = [...facts.values()].flatMap(({ table, columns }) =>
      columns.map(({ name }) => ({ column: { schema: table.schema, table: table.name, column: name }, type })),
    );
    return this.facts(type, withAssumedKeys(facts, keyCopies), { ...uses, readAs });
  }

  private readonly joinedFacts = new Map<string, Facts>();

  private facts(name: string, of: Facts, uses: Uses = this.subject.uses): Facts {
    const known = this.joinedFacts.get(name);
    if (known) return known;
    const { seed, until, samples } = this.options;
    const made = joinable(withNamedJoins(of), uses, { seed, until, rows: ROWS, samples });
    this.joinedFacts.set(name, made);
    return made;
  }

  async run(inserts: readonly Statement[], { twice = false, isBrief = false, isEmpty = false }: How = {}) {
    const begun = performance.now();
    try {
      return await this.rehearse!({ inserts, twice, isBrief, isEmpty });
    } finally {
      this.isSlow ||= performance.now() - begun > SLOW_MS;
    }
  }

  /** Rows as a written test would give them. @throws RowsRefused where what they leave out can't be made up */
  async runGiven(
    tables: readonly GivenTable[],
    { twice = false, isBrief = false, order }: Given = {},
  ): Promise<Outcome> {
    const { client } = this.work;
    await batch(client, [backToBeginning]);
    const inserts = await insertsOf(client, tables, this.options.memory, backToBeginning).catch((error: unknown) => {
      throw error instanceof DiagnosticError ? new RowsRefused(error.diagnostics[0]?.code) : error;
    });
    const other = order === undefined ? [] : allReordered(this.subject.facts, order);
    return this.run([...inserts.map(({ statement }) => statement), ...other], { twice, isBrief });
  }

  async close(): Promise<void> {
    await batch(this.work.client, [endTrying]).catch(() => {});
  }

  private once<T>(name: string, work: () => Promise<T>): Promise<T> {
    const known = this.kept.get(name) as Promise<T> | undefined;
    if (known) return known;
    const made = work();
    this.kept.set(name, made);
    return made;
  }
}

const callsPython = ({ action }: Work["planned"]): boolean =>
  action.type === "write_file" || ("rows" in action && action.rows.type === "python");

export const countRows = ({ outputs = [] }: Outcome): number => outputs.reduce((sum, { rows }) => sum + rows.length, 0);
