/**
 * Several statements in one round trip. Each is parsed, bound and executed behind the one before it without waiting for
 * an answer; the first error makes the server skip the rest (PostgreSQL manual, "Pipelining" under Message Flow).
 * Without BEGIN they are one implicit transaction.
 */
import pg from "pg";
import { serialize } from "pg-protocol";

export interface Statement {
  readonly text: string;
  readonly values?: readonly (string | number | boolean | null | readonly string[])[];
}

export type Row = Readonly<Record<string, unknown>>;

export interface StatementResult {
  readonly rows: readonly Row[];
  /** Rows that the statement wrote or gave, from its command tag. */
  readonly count: number;
}

/** A statement of a batch that failed; `index` tells which. */
export class BatchError extends Error {
  readonly index: number;
  readonly statement: Statement;
  override readonly cause: unknown;
  constructor(index: number, statement: Statement, cause: unknown) {
    super("a statement failed");
    this.name = "BatchError";
    this.index = index;
    this.statement = statement;
    this.cause = cause;
  }
}

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

/**
 * CTF's own statements take values, and the same texts come again for every transform: a session prepares each once.
 * What may or may not be prepared after an error is closed before it is prepared again.
 */
interface Prepared {
  readonly names: Map<string, string>;
  readonly sure: Set<string>;
}

const preparedOf = new WeakMap<object, Prepared>();

/** After DISCARD ALL: the session has nothing prepared any more. */
export const forgetPrepared = (client: pg.Client): void => {
  preparedOf.delete((client as unknown as { readonly connection: object }).connection);
};

type Settle<T> = { resolve(value: T): void; reject(error: unknown): void };

const asText = (value: NonNullable<Statement["values"]>[number]): string | null =>
  value === null
    ? null
    : typeof value === "object"
      ? `{${value.map((item) => `"${item.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(",")}}`
      : String(value);

/** pg calls these as the server's messages come in. A lifetime of one round trip, hence a class. */
class Pipeline {
  private readonly statements: readonly Statement[];
  private readonly settle: Settle<readonly StatementResult[]>;
  private readonly onResult: ((index: number) => void) | undefined;
  private readonly results: StatementResult[] = [];
  private fields: readonly Field[] = [];
  private rows: Row[] = [];
  private prepared: Prepared = { names: new Map(), sure: new Set() };

  constructor(
    statements: readonly Statement[],
    settle: Settle<readonly StatementResult[]>,
    onResult: ((index: number) => void) | undefined,
  ) {
    this.statements = statements;
    this.settle = settle;
    this.onResult = onResult;
  }

  submit(connection: { readonly stream: { write(bytes: Buffer): void } }): null {
    this.prepared = preparedOf.get(connection) ?? this.prepared;
    preparedOf.set(connection, this.prepared);
    const messages: Buffer[] = [];
    for (const { text, values } of this.statements) {
      const statement = values ? this.prepare(messages, text) : "";
      if (!values) messages.push(serialize.parse({ text }));
      messages.push(
        serialize.bind({ statement, values: (values ?? []).map(asText) }),
        serialize.describe({ type: "P" }),
        serialize.execute({}),
      );
    }
    messages.push(serialize.sync());
    // In one piece: a system call that gathers a hundred small ones costs as much as all the rest.
    connection.stream.write(Buffer.concat(messages));
    return null;
  }

  private prepare(messages: Buffer[], text: string): string {
    const { names, sure } = this.prepared;
    const known = names.get(text);
    if (known !== undefined && sure.has(text)) return known;
    const name = known ?? `ctf_${names.size}`;
    if (known !== undefined) messages.push(serialize.close({ type: "S", name }));
    messages.push(serialize.parse({ name, text }));
    names.set(text, name);
    sure.add(text);
    return name;
  }

  handleRowDescription(message: { fields: Field[] }): void {
    this.fields = message.fields;
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    const row: Record<string, unknown> = {};
    this.fields.forEach((field, n) => {
      const text = message.fields[n] ?? null;
      row[field.name] = text === null ? null : pg.types.getTypeParser(field.dataTypeID)(text);
    });
    this.rows.push(row);
  }

  handleCommandComplete(message: { text: string }): void {
    this.results.push({ rows: this.rows, count: Number(/(\d+)$/.exec(message.text)?.[1] ?? 0) });
    this.rows = [];
    this.fields = [];
    this.onResult?.(this.results.length - 1);
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: "" });
  }

  // After an error pg forgets this query, so "ready" is not reported to it.
  handleError(error: unknown): void {
    const index = this.results.length;
    for (const { text } of this.statements.slice(index)) this.prepared.sure.delete(text);
    this.settle.reject(new BatchError(index, this.statements[index] ?? { text: "" }, error));
  }

  handleReadyForQuery(): void {
    this.settle.resolve(this.results);
  }

  handlePortalSuspended(): void {}
  handleCopyInResponse(connection: { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail("a transform's statement can't copy from the client");
  }
  handleCopyData(): void {}
}

const submit = <T>(client: pg.Client, make: (settle: Settle<T>) => object): Promise<T> =>
  new Promise((resolve, reject) => {
    client.query(make({ resolve, reject }) as unknown as pg.Submittable);
  });

/** One result for each statement; `onResult` hears of each as it comes in. @throws BatchError */
export function batch(
  client: pg.Client,
  statements: readonly Statement[],
  onResult?: (index: number) => void,
): Promise<readonly StatementResult[]> {
  if (statements.length === 0) return Promise.resolve([]);
  return submit(client, (settle) => new Pipeline(statements, settle, onResult));
}

/** One statement's rows. @throws BatchError */
export async function rowsOf(client: pg.Client, text: string, values?: Statement["values"]): Promise<readonly Row[]> {
  const [result] = await batch(client, [values ? { text, values } : { text }]);
  return result?.rows ?? [];
}
