/** What a call's connections for inputs get: tables of one snapshot, and files as they are but unpacked. */
import type { Readable } from "node:stream";
import type { Socket } from "node:net";
import { DiagnosticError } from "../../diagnostics/diagnostic.ts";
import type { FoundFile } from "../../files/types.ts";
import type { PythonCall, PythonInput } from "../../plan/types.ts";
import { tableText } from "../../project/types.ts";
import { databaseError, isTransient, problem } from "../../warehouse/errors.ts";
import { openSnapshot } from "../../warehouse/read/snapshot.ts";
import type { Work } from "../../warehouse/work.ts";
import type { StreamHeader, WorkerInput } from "../protocol.ts";

type Header = Exclude<StreamHeader, { stream: "output" }>;

export interface Inputs {
  readonly described: readonly WorkerInput[];
  /** Gives a connection its bytes. `failed` hears when they can't be had; that a worker hangs up early is no failure. */
  serve(header: Header, socket: Socket, failed: (error: unknown) => void): void;
  close(): void;
}

type TableInput = Extract<PythonInput, { type: "table" }>;

/** @throws DiagnosticError naming inputs that are not there */
export async function openInputs(work: Work, call: PythonCall): Promise<Inputs> {
  const tables = new Map<string, { readonly input: TableInput; readonly columns: readonly string[] }>();
  const files = new Map<string, readonly FoundFile[]>();
  const described: WorkerInput[] = [];
  const reads = call.inputs.some(({ type }) => type === "table");
  const snapshot = reads ? await openSnapshot(() => work.another()) : undefined;
  try {
    for (const input of call.inputs) {
      const { parameter } = input;
      if (input.type === "files") {
        const found = await filesOf(work, input);
        files.set(parameter, found);
        described.push({ type: "files", parameter, files: found.map(({ path, size }) => ({ name: path, size })) });
      } else if (snapshot) {
        const columns = await snapshot.columns(input.table, input.columns, work.span).catch((error: unknown) => {
          throw inWords(error, work, input);
        });
        tables.set(parameter, { input, columns: columns.map(({ name }) => name) });
        described.push({ type: "table", parameter, columns });
      }
    }
  } catch (error) {
    snapshot?.close();
    throw error;
  }
  const bytesFor = async (header: Header): Promise<Readable | undefined> => {
    if (header.stream === "file") {
      const { openUnpacked } = await import("../../files/open.ts");
      const file = files.get(header.parameter)?.[header.file];
      return file && openUnpacked(file, work.signal);
    }
    const table = tables.get(header.parameter);
    return table && snapshot?.read(table.input.table, table.columns, header.format);
  };
  return {
    described,
    serve(header, socket, failed) {
      const input = tables.get(header.parameter)?.input;
      const fail = (error: unknown) => failed(inWords(error, work, input));
      bytesFor(header).then((bytes) => (bytes ? send(bytes, socket, fail) : socket.destroy()), fail);
    },
    close: () => snapshot?.close(),
  };
}

/** Ends the connection with the bytes, and the bytes with the connection. */
export function send(bytes: Readable, socket: Socket, failed: (error: unknown) => void): void {
  bytes.once("error", failed);
  socket.once("close", () => bytes.destroy());
  bytes.pipe(socket);
  // Nothing comes from there, but its end has to be seen.
  socket.resume();
}

async function filesOf(work: Work, input: Extract<PythonInput, { type: "files" }>): Promise<readonly FoundFile[]> {
  const { findFiles } = await import("../../files/find.ts");
  const { root, env, span } = work;
  return findFiles(input.patterns, { root, env, span, source: input.source });
}

function inWords(error: unknown, work: Work, input: TableInput | undefined): unknown {
  if (!input || error instanceof DiagnosticError || isTransient(error) || !databaseError(error)) return error;
  return new DiagnosticError([problem(error, { table: tableText(input.table), span: work.span })]);
}
