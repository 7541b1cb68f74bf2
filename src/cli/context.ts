import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import type { LoadedProject } from "../project/load.ts";

/** What a terminal and a plain stream have in common, as far as commands need it. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

interface Signals {
  on(signal: Signal, listener: () => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
}

/** The world as a command sees it. `process` fits all but its `cwd`. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Data. */
  readonly stdout: Output;
  /** For people. */
  readonly stderr: Output;
  readonly signals: Signals;
}

/** What each command's adapter gets. */
export interface CliContext extends Io {
  readonly isTTY: { readonly stdout: boolean; readonly stderr: boolean };
  /** Colours on stdout. */
  readonly color: boolean;
  readonly colorOnStderr: boolean;
  setExitCode(code: number): void;
  readonly exitCode: number;
  /** The folder with ctf.yaml, here or above; a DiagnosticError where there is none. */
  root(): string;
  /** The project as far as it could be read, and what is wrong with its files. */
  loadProject(): Promise<LoadedProject>;
}

/** The command was typed wrongly: exit code 2 instead of 1. */
export class UsageError extends DiagnosticError {}

export const EXIT = { fine: 0, problems: 1, usage: 2, interrupted: 130 } as const;

export async function makeContext(io: Io): Promise<CliContext> {
  const { findProjectRoot } = await import("../project/root.ts");
  const isTTY = { stdout: io.stdout.isTTY === true, stderr: io.stderr.isTTY === true };
  const mayColor = !io.env["NO_COLOR"] && io.env["TERM"] !== "dumb";
  let exitCode: number = EXIT.fine;
  let root: string | undefined;
  const context: CliContext = {
    ...io,
    isTTY,
    color: mayColor && isTTY.stdout,
    colorOnStderr: mayColor && isTTY.stderr,
    get exitCode() {
      return exitCode;
    },
    setExitCode(code) {
      exitCode = code;
    },
    root: () => (root ??= findProjectRoot(io.cwd)),
    async loadProject() {
      const folder = context.root();
      const [{ loadProject }, { kinds }] = await Promise.all([
        import("../project/load.ts"),
        import("../kinds/index.ts"),
      ]);
      return loadProject(folder, kinds);
    },
  };
  return context;
}
