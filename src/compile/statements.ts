/** Transforms of kind `sql`: their statements run on the empty tables, and what they were to make is looked at. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { RunStatements } from "../plan/types.ts";
import type { Code } from "../project/types.ts";
import { loadParser } from "../sql/parser.ts";
import { batch, BatchError, type Statement } from "../warehouse/session/batch.ts";
import { outputProblems } from "../warehouse/introspect/existing.ts";
import { isFaultOfText, isLostConnection, problem, sqlstate } from "../warehouse/errors.ts";
import { guarded } from "../warehouse/empty/attempts.ts";
import type { EmptyWarehouse, Session } from "../warehouse/empty/database.ts";
import { resetSession, setLocally } from "../warehouse/empty/session.ts";
import { notTried } from "./codes.ts";
import { isEndless, isTimeUp, notPlanned } from "./endless.ts";
import type { StandIns } from "./stand_ins.ts";
import type { Unit } from "./units.ts";

/** Where to get sessions from. */
type Sessions = Pick<EmptyWarehouse, "session"> & Partial<Pick<EmptyWarehouse, "isStuck">>;

/** What came of a transform's statements: `failed` ones stopped it, `skipped` ones could not be tried. */
interface Tried {
  readonly failed?: Diagnostic;
  /** How many statements there were before that. */
  readonly done?: number;
  readonly skipped: readonly Diagnostic[];
}

/** Runs them, one transform after the other, in a session that their settings can't get out of. */
export class StatementRunner {
  private readonly warehouse: Sessions;
  private readonly looking: Session;
  private readonly standIns: StandIns;
  private session: Session | undefined;

  /** `looking`: a session for CTF's own questions, which people's statements have not touched. */
  constructor(warehouse: Sessions, looking: Session, standIns: StandIns) {
    this.warehouse = warehouse;
    this.looking = looking;
    this.standIns = standIns;
  }

  /** Afterwards the unit's relations are what its statements made, or else what it declares. */
  async run(unit: Unit, { statements, ...rest }: RunStatements): Promise<readonly Diagnostic[]> {
    await loadParser();
    const endless = statements.filter(isEndless);
    const action = { ...rest, statements: statements.filter((one) => !endless.includes(one)) };
    const beforehand = endless.map((code) => notPlanned(unit.transform.id, code));
    const first = await this.tried(unit, action);
    if (this.warehouse.isStuck?.()) return [...beforehand, stuckAt(unit)];
    // Statements may work on a table that somebody made once, by hand or with other statements.
    const second = first.failed && (await this.addMissing(unit)) ? await this.tried(unit, action) : first;
    const { failed, ...last } = second.failed && second.done! < first.done! ? first : second;
    const skipped = [...beforehand, ...last.skipped];
    if (failed || skipped.length > 0) await this.addMissing(unit);
    if (failed) return [...skipped, failed];
    const work = { client: this.looking.client, span: { file: unit.transform.file } };
    const found = await outputProblems(work, action.outputs);
    if (found.length > 0) await this.addMissing(unit);
    // A function that was to be made by what could not be tried is missing for that reason.
    const told = skipped.length > 0 ? [] : found.map((one) => ({ ...one, transform: unit.transform.id }));
    return [...skipped, ...told];
  }

  private async tried(unit: Unit, action: RunStatements): Promise<Tried> {
    const session = (this.session ??= await this.warehouse.session());
    const before = [{ text: "BEGIN" }, ...setLocally(unit.transform.settings)];
    const texts = action.statements.map(({ text }): Statement => ({ text }));
    try {
      return await session.guarded(async () => {
        try {
          await batch(session.client, [...before, ...texts, { text: "COMMIT" }]);
          return { skipped: [] };
        } catch (error) {
          if (!(error instanceof BatchError) || isLostConnection(error)) throw error;
          await batch(session.client, [{ text: "ROLLBACK" }]);
          // Nobody waits for the same statement twice.
          if (isTimeUp(error)) {
            return { skipped: [untried(unit, action.statements[error.index - before.length], "it took too long")] };
          }
          return await this.oneByOne(session, unit, action.statements);
        } finally {
          await batch(session.client, resetSession).catch(() => {});
        }
      });
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      this.session = undefined;
      return { skipped: [untried(unit, action.statements[0], "it took too long or ended its own session")] };
    }
  }

  private async oneByOne(session: Session, unit: Unit, statements: readonly Code[]): Promise<Tried> {
    const { client } = session;
    const skipped: Diagnostic[] = [];
    const transform = unit.transform.id;
    try {
      await batch(client, [{ text: "BEGIN" }, ...setLocally(unit.transform.settings)]);
    } catch (error) {
      return { failed: { ...problem(error, { span: { file: unit.transform.file } }), transform }, done: 0, skipped };
    }
    for (const [done, code] of statements.entries()) {
      const error = await guarded(client, { text: code.text });
      if (error === undefined) continue;
      const told = { ...problem(error, { code }), transform };
      if (isFaultOfText(error)) {
        await batch(client, [{ text: "ROLLBACK" }]);
        return { failed: told, done, skipped };
      }
      if (this.isExpected(error)) continue;
      skipped.push(untried(unit, code, told.message));
    }
    await batch(client, [{ text: "COMMIT" }]);
    return { skipped };
  }

  /**
   * Statements that run outside of transactions are only parsed; schemas are there before all statements, and an extension
   * may be because a type needs it.
   */
  private isExpected(error: unknown): boolean {
    const state = sqlstate(error);
    return state === "25001" || state === "42P06" || (state === "42710" && this.standIns.extensions.size > 0);
  }

  /** Makes the unit's outputs that are not there as they are declared. Gives whether there were any. */
  private async addMissing(unit: Unit): Promise<boolean> {
    let added = false;
    for (const relation of unit.relations) {
      if (await this.standIns.add(relation)) added = true;
    }
    return added;
  }
}

const stuckAt = ({ transform }: Unit): Diagnostic =>
  notTried({
    message: `PostgreSQL did not come back from a statement of ${transform.id}, and could not be stopped, so nothing was compiled after it`,
    span: { file: transform.codeFile ?? transform.file },
    hint: "It may plan a query for hours that is put together of very many parts. A run would take as long.",
    transform: transform.id,
  });

const untried = (unit: Unit, code: Code | undefined, why: string): Diagnostic =>
  notTried({
    message: `this could not be tried on an empty warehouse: ${why}`,
    ...(code && { span: { file: code.file, start: { line: code.line, column: code.column } } }),
    transform: unit.transform.id,
  });
