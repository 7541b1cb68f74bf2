/** A project whose tests are written in Python, read once, with what they need of it made when it is first asked for. */
import { DiagnosticError, isError, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { findTransform, isDiagnostic } from "../../graph/names.ts";
import { kinds } from "../../kinds/index.ts";
import type { PlannedTransform } from "../../plan/types.ts";
import { loadProject } from "../../project/load.ts";
import { findProjectRoot } from "../../project/root.ts";
import type { Project, Transform } from "../../project/types.ts";
import { exampleOf } from "../../project/variables.ts";
import { type Testbed, withTestbed } from "../../warehouse/testbed/databases.ts";
import { namesOf, type TestNames } from "../read/names.ts";
import { lazyWorkers, type LazyWorkers, planFor } from "../run_tests.ts";
import { tablesFor, type TestTables } from "../tables.ts";
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
    const planned = planFor(this.project, kinds, [pseudoTest(transform)]).then((all) => all.get(id)!);
    this.plans.set(id, planned);
    return planned;
  }

  /** All of the project's: what a test in Python will ask for is not known beforehand. */
  get tables(): TestTables {
    if (this.known) return this.known;
    const { transforms, sources } = this.project;
    const sourceTables = sources.flatMap((source) => (source.type === "table" ? [source] : []));
    const tests = transforms.map((transform) => pseudoTest(transform));
    const all = tests.map((test, n) => (n === 0 ? { ...test, given: sourceTables.map(emptyRows) } : test));
    return (this.known = tablesFor(this.project, kinds, all));
  }

  /** @throws DiagnosticError when there is no server, or a table can't be made as it is declared */
  testbed(): Promise<Testbed> {
    return (this.opening ??= this.openTestbed());
  }

  private openTestbed(): Promise<Testbed> {
    const { root, postgres, variables } = this.project;
    const settings = {
      server: { root, role: "scratch", major: postgres },
      parts: this.tables.parts,
      fill: this.tables.fill,
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

const emptyRows = (relation: Extract<Project["sources"][number], { type: "table" }>) => ({
  relation,
  rows: [],
  path: [],
  place: { file: "" },
  at: () => ({ file: "" }),
});
