/** Runs people's functions for the actions of the warehouse: python transforms, and what maps documents. */
import { type Readable, Transform } from "node:stream";
import type { Socket } from "node:net";
import { resolve } from "node:path";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { Language, PythonCall } from "../../plan/types.ts";
import { tableText } from "../../project/types.ts";
import { isFilledIn } from "../../warehouse/build/table.ts";
import { declaredColumns } from "../../warehouse/read/value_columns.ts";
import type { PythonCaller, PythonTable, Work } from "../../warehouse/work.ts";
import { failureProblem, goneProblem, type Called } from "./failures.ts";
import { openInputs, send, type Inputs } from "./inputs.ts";
import { lineBreaks, type LineBreaks } from "./line_breaks.ts";
import type { Workers } from "../pool.ts";
import type { Ending } from "../process.ts";
import type { CallCommand, StreamHeader, WorkerColumn, WorkerOutput } from "../protocol.ts";
import { tell, type Hear } from "./said.ts";

export interface CallerSettings {
  readonly workers: Workers;
  /** The project's variables, as PostgreSQL's text. */
  readonly variables: Readonly<Record<string, string>>;
  /** When the run began. */
  readonly now: Date;
  /** Python's own clock shows `now` during a call, too: in tests that set the time. */
  readonly clockStandsStill?: boolean;
  readonly hear: Hear;
}

type OutputHeader = Extract<StreamHeader, { stream: "output" }>;

export function pythonCaller(settings: CallerSettings): PythonCaller {
  return {
    async table(work, call, output) {
      const columns = await declaredColumns(work.client, output.columns);
      const asked: WorkerOutput = {
        type: "table",
        name: tableText(output),
        columns: columns.map((column, n) => ({ ...column, mayLack: isFilledIn(output.columns[n]!) })),
      };
      return rowsOf(settings, work, { language: "python", call, output: asked, inputs: () => openInputs(work, call) });
    },
    async map(work, { language, file, checksum, function: map }, documents) {
      const call: PythonCall = { file, checksum, inputs: [], variables: {} };
      const output: WorkerOutput = { type: "table", name: "documents", columns: [{ ...DOCUMENT, mayLack: false }] };
      const inputs: Inputs = {
        described: [{ type: "table", parameter: "documents", columns: [DOCUMENT] }],
        serve: (_header, socket, failed) => send(documents, socket, failed),
        close: () => documents.destroy(),
      };
      return (await rowsOf(settings, work, { language, call, map, output, inputs: async () => inputs })).bytes;
    },
    async file(work, call, output, path) {
      const columns = await declaredColumns(work.client, output.columns);
      const asked: WorkerOutput = { type: "file", path, format: output.format, columns };
      const asking: Asking = { language: "python", call, output: asked, inputs: () => openInputs(work, call) };
      return { rows: await start(settings, work, asking, lineBreaks(), (_header, socket) => socket.destroy()) };
    },
  };
}

/** What a worker is asked to do. */
interface Asking {
  readonly language: Language;
  readonly call: PythonCall;
  readonly map?: string;
  readonly output: WorkerOutput;
  inputs(): Promise<Inputs>;
}

const DOCUMENT: WorkerColumn = { name: "document", type: "jsonb", base: "jsonb", typtype: "b", notNull: false };

/** What the function returns, as it comes. */
const rowsOf = (settings: CallerSettings, work: Work, asking: Asking): Promise<PythonTable> =>
  new Promise((resolve, reject) => {
    let rows: Readable | undefined;
    let returned = -1;
    const breaks = lineBreaks();
    const going = start(settings, work, asking, breaks, (header, socket, stop) => {
      rows = untilDone(socket, done);
      // Whoever takes the rows has given up.
      rows.once("close", () => !rows?.readableEnded && stop());
      resolve({
        columns: header.columns,
        format: header.format,
        bytes: rows,
        count: () => returned,
        rowAt: breaks.rowAt,
      });
    });
    const done = going.then((count) => void (returned = count));
    done.catch((error: Error) => {
      rows?.destroy(error);
      reject(error);
    });
  });

/** The socket's bytes, which end only when the function has. */
function untilDone(socket: Socket, done: Promise<void>): Readable {
  const held = new Transform({
    highWaterMark: 1 << 18,
    transform: (chunk: Buffer, _encoding, next) => next(null, chunk),
    async flush(next) {
      const failure = await done.then(
        () => null,
        (error: Error) => error,
      );
      next(failure);
    },
  });
  held.once("close", () => socket.destroy());
  // Its listeners come with whoever takes the rows; until then an error is only kept.
  held.on("error", () => {});
  return socket.pipe(held);
}

/** The number of rows when the function has ended well. @throws DiagnosticError for the first thing that failed */
async function start(
  { workers, variables, now, clockStandsStill, hear }: CallerSettings,
  work: Work,
  { language, call, map, output, inputs: open }: Asking,
  breaks: LineBreaks,
  take: (header: OutputHeader, socket: Socket, stop: () => void) => void,
): Promise<number> {
  const inputs = await open();
  const called: Called = { language, root: work.root, file: call.file };
  const ours: { error?: unknown } = {};
  try {
    work.signal.throwIfAborted();
    const worker = await workers.take(language);
    let calling = true;
    // Afterwards it may be at work for another.
    const stop = () => calling && worker.kill();
    const fail = (error: unknown) => {
      // What failed on our side comes first: what the function makes of it is only what follows.
      ours.error ??= error;
      stop();
    };
    work.signal.addEventListener("abort", stop);
    if (work.signal.aborted) stop();
    try {
      const ending = await worker.call(
        commandOf(work, call, output, {
          variables,
          now,
          inputs: inputs.described,
          ...(map !== undefined && { map }),
          ...(clockStandsStill === true && { clockStandsStill }),
        }),
        {
          rowsExpected: output.type === "table",
          event: (event) => {
            if (event.type === "progress") work.progress(event.rows, undefined, "rows");
            else if (event.type === "breaks") breaks.add(event.rows, event.counts);
            else tell(event, called, hear);
          },
          stream: (header, socket) => {
            if (header.stream === "output") take(header, socket, stop);
            else inputs.serve(header, socket, fail);
          },
        },
      );
      if (ours.error !== undefined) throw ours.error;
      return returnedRows(ending, called);
    } finally {
      calling = false;
      work.signal.removeEventListener("abort", stop);
      workers.give(worker, language);
    }
  } finally {
    inputs.close();
  }
}

function returnedRows(ending: Ending, called: Called): number {
  if (ending.type === "done") return ending.rows;
  throw new DiagnosticError([
    ending.type === "failed" ? failureProblem(ending.failure, called) : goneProblem(ending, called),
  ]);
}

function commandOf(
  { planned, root }: Work,
  call: PythonCall,
  output: WorkerOutput,
  {
    variables,
    now,
    ...rest
  }: Pick<CallerSettings, "variables" | "now"> & Pick<CallCommand, "inputs" | "map" | "clockStandsStill">,
): Omit<CallCommand, "call"> {
  return {
    type: "call",
    transform: planned.id,
    file: resolve(root, call.file),
    root,
    output,
    variables: Object.fromEntries(
      Object.entries(call.variables).map(([name, type]) => [name, { type, value: variables[name] ?? null }]),
    ),
    now: now.toISOString(),
    ...rest,
  };
}
