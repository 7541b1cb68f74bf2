/** A project whose tests are written in Python, read once, with what they need of it made when it is first asked for. */
import { DiagnosticError, isError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { findTransform, isDiagnostic } from "../../graph/names.ts";
import { kinds } from "../../kinds/index.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import { loadProject } from "../../project/load.ts";
import { findProjectRoot } from "../../project/root.ts";
import { type Project, type TableSource, tableText, type Transform } from "../../project/types.ts";
import { exampleOf } from "../../project/variables.ts";
import { type Testbed, withTestbed } from "../../warehouse/testbed/databases.ts";
import { testsConcerned } from "../tables/not_made.ts";
import { namesOf, type TestNames } from "../read/names.ts";
import { lazyWorkers, type LazyWorkers } from "../run/lazy_workers.ts";
import { planFor } from "../run/run_tests.ts";
import { tablesFor, type TestTables } from "../tables/tables.ts";
import { transformsOf } from "../transforms_of.ts";
import type { GivenRelation, TestCase } from "../types.ts";
import { pseudoTest } from "./pseudo_test.ts";

export interface ProjectSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hears what takes time. */
  readonly notice: (text: string) => void;
}

/** @throws DiagnosticError where there is no project */
export async function openProject(folder: string, settings: ProjectSettings): Promise<OpenedProject> {
  const { project, diagnostics } = await loadProject(findProjectRoot(folder), kinds);
  return new OpenedProject(project, diagnostics.filter(isError), settings);
}

/** A lifetime: until `close` it may hold a template, sessions and workers. */
export class OpenedProject {
  readonly project: Project;
  readonly names: TestNames;
  readonly env: ProjectSettings["env"];
  readonly workers: LazyWorkers;
  private readonly errors: readonly Diagnostic[];
  private readonly notice: ProjectSettings["notice"];
  /** What needs a table that can't be made as it is declared, and why. */
  private readonly unmade = new Map<TestCase, readonly Diagnostic[]>();
  private readonly plans = new Map<string, Promise<PlannedTransform>>();
  private known: TestTables | undefined;
  private opening: Promise<Testbed> | undefined;
  private closing: (() => Promise<void>) | undefined;

  constructor(project: Project, errors: readonly Diagnostic[], { env, notice }: ProjectSettings) {
    this.project = project;
    this.errors = errors;
    this.env = env;
    this.notice = notice;
    this.names = namesOf(project);
    this.workers = lazyWorkers(project, { env });
  }

  /** @throws DiagnosticError, also with what is wrong in the files that it depends on */
  transform(name: string): Transform {
    const found = findTransform(this.project, name, { cwd: this.project.root });
    // That may be why it is not known.
    if (isDiagnostic(found)) throw new DiagnosticError([found, ...this.errors]);
    const { pipelines } = this.project;
    const concerns = ({ transform, span }: Diagnostic): boolean => {
      if (transform !== undefined) return transform === found.id;
      if (span?.file === found.file || span?.file === found.codeFile) return true;
      // ctf.yaml and sources/ are everybody's.
      return !pipelines.some(({ folder }) => span?.file.startsWith(`${folder}/`));
    };
    const wrong = this.errors.filter(concerns);
    if (wrong.length > 0) throw new DiagnosticError(wrong);
    return found;
  }

  /** @throws DiagnosticError where its SQL can't be planned */
  plan(transform: Transform): Promise<PlannedTransform> {
    const { id } = transform;
    const known = this.plans.get(id);
    if (known) return known;
    const planned = planFor(this.project, kinds, [pseudoTest(transform)]).then((all) => {
      const wrong = all.refused.get(id);
      if (wrong) throw new DiagnosticError(wrong);
      return all.planned.get(id)!;
    });
    this.plans.set(id, planned);
    return planned;
  }

  /** All of the project's that can be made: what a test in Python will ask for is not known beforehand. */
  get tables(): TestTables {
    return (this.known ??= tablesFor(this.project, kinds, this.everything()));
  }

  private everything(): readonly TestCase[] {
    const { transforms, sources } = this.project;
    return [
      ...transforms.map((transform) => pseudoTest(transform)),
      ...sources.flatMap((source) => (source.type === "table" ? [sourceAlone(source)] : [])),
    ];
  }

  /** @throws DiagnosticError where a table that it needs can't be made as it is declared */
  refuseUnmade(needs: Transform | GivenRelation): void {
    const isTransform = "pipeline" in needs;
    if (!isTransform && this.tables.names.has(tableText(needs))) return;
    const wrong = [...this.unmade].find(([{ subject, given }]) =>
      isTransform
        ? transformsOf(subject).includes(needs)
        : given.some(({ relation }) => relation === needs) ||
          transformsOf(subject).some(({ outputs }) => outputs.some((output) => output === needs)),
    );
    if (wrong) throw new DiagnosticError(wrong[1]);
  }

  /** @throws DiagnosticError when there is no server */
  testbed(): Promise<Testbed> {
    return (this.opening ??= this.openTestbed());
  }

  private async openTestbed(): Promise<Testbed> {
    for (let open = this.everything(); ;) {
      this.known = tablesFor(this.project, kinds, open);
      try {
        return await this.holdTestbed(this.known);
      } catch (error) {
        const wrong = await testsConcerned(this.project, open, error);
        for (const [test, diagnostics] of wrong) this.unmade.set(test, diagnostics);
        open = open.filter((test) => !wrong.has(test));
      }
    }
  }

  private holdTestbed({ parts, fill }: TestTables): Promise<Testbed> {
    const { root, postgres, variables } = this.project;
    const settings = {
      server: { root, role: "scratch", major: postgres },
      parts,
      fill,
      variables: Object.fromEntries(variables.map((one) => [one.name, one.default ?? exampleOf(one)])),
      notice: this.notice,
    } as const;
    return new Promise<Testbed>((resolve, reject) => {
      const held = withTestbed(settings, (testbed) => {
        resolve(testbed);
        return new Promise<void>((release) => {
          this.closing = async () => {
            release();
            await held.catch(() => {});
          };
        });
      });
      held.catch(reject);
    });
  }

  async close(): Promise<void> {
    await this.workers.close();
    await this.opening?.catch(() => {});
    await this.closing?.();
  }
}

/** What needs this table alone. */
function sourceAlone(source: TableSource): TestCase {
  const place = { file: source.file, start: { line: 1, column: 1 } };
  const given = [{ relation: source, rows: [], path: [], place, at: () => place }];
  return { ...noTest, name: tableText(source), of: tableText(source), place, given };
}

const noTest = {
  file: "",
  index: 0,
  subject: { type: "pipeline", pipeline: "", transforms: [] },
  vars: {},
  files: [],
  fileRows: [],
  without: [],
  pieces: [],
  before: [],
  expect: [],
  twice: false,
} as const;
