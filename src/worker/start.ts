/** The two programs that call people's functions: one in Python, one in JavaScript. */
import { fileURLToPath } from "node:url";
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import { packageFolder } from "../project/package.ts";
import { notStarted } from "./codes.ts";
import { nodeNotStarted } from "./javascript/codes.ts";
import { startWorker, type Start, type WorkerProcess } from "./process.ts";

type Where = Pick<Start, "root" | "env">;

/**
 * It must be understood by any Python there is, and takes the working directory off the module path: a file `json.py` in
 * the project is no part of CTF.
 */
const PYTHON = [
  "import sys",
  "sys.version_info >= (3, 11) or sys.exit(1)",
  "sys.path[:] = [folder for folder in sys.path if folder]",
  "from ctf.worker.main import main",
  "main(sys.argv[1])",
].join("\n");

/** @throws DiagnosticError */
export const startPython = (python: string, where: Where): Promise<WorkerProcess> =>
  startWorker({
    ...where,
    command: [python, "-c", PYTHON],
    refused: (last) =>
      new DiagnosticError([
        notStarted({
          message: `Python could not be started as a worker: ${last}`,
          hint: '"ctf python" tells which Python this is; "ctf python sync" makes its packages right.',
        }),
      ]),
  });

/** Run from its sources, as tests do, Node has to be told how to read CTF's own TypeScript. */
const fromSources = import.meta.url.endsWith(".ts");
const inPackage = (path: string): string => fileURLToPath(new URL(path, packageFolder));
const own = (name: string): string =>
  inPackage(fromSources ? `src/worker/javascript/${name}.ts` : `dist/worker/${name}.js`);

/** In the Node.js that runs CTF. Its own warnings, of what Node still tries out, are nothing that a person has written. */
export const startJavaScript = (where: Where): Promise<WorkerProcess> =>
  startWorker({
    ...where,
    command: [
      process.execPath,
      "--no-warnings",
      ...(fromSources ? ["--import", inPackage("scripts/typescript.mjs")] : []),
      "--import",
      own("hooks"),
      own("main"),
    ],
    watched: true,
    refused: (last) =>
      new DiagnosticError([nodeNotStarted({ message: `Node.js could not be started as a worker: ${last}` })]),
  });
