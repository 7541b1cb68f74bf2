/**
 * Where values come from, as a graph: joining two flows costs nothing, however many columns are behind them, and a
 * recursive query simply makes a cycle. It is walked once, when the result is asked for.
 */

/** A column of a table or view that the query reads. */
export interface InputColumn {
  /** Undefined where the query names no schema. */
  readonly schema?: string;
  readonly table: string;
  readonly column: string;
}

export interface Flow {
  readonly from: Flow[];
  readonly column?: InputColumn;
}

export const NOTHING: Flow = Object.freeze({ from: Object.freeze([]) as unknown as Flow[] });

export const merge = (...flows: readonly Flow[]): Flow => mergeAll(flows);

export function mergeAll(flows: readonly Flow[]): Flow {
  let some: Flow | undefined;
  let more: Flow[] | undefined;
  for (const flow of flows) {
    if (flow === NOTHING || flow === some) continue;
    if (more) more.push(flow);
    else if (some) more = [some, flow];
    else some = flow;
  }
  return more ? { from: more } : (some ?? NOTHING);
}

/** The input columns behind a flow, each once. */
export function inputsOf(flow: Flow): readonly InputColumn[] {
  if (flow.column && flow.from.length === 0) return [flow.column];
  const seen = new Set<Flow>([flow]);
  const found = new Set<InputColumn>();
  for (const each of seen) {
    if (each.column) found.add(each.column);
    for (const next of each.from) seen.add(next);
  }
  return [...found];
}

/** What an expression is made of. */
export interface Value {
  /** What it is computed from. */
  readonly value: Flow;
  /** What only chooses among values: conditions of CASE, order and partition of a window, rows of a subquery. */
  readonly decides: Flow;
  /** Set if the value is that of one input column, unchanged. */
  readonly copyOf?: InputColumn;
  /** Set if queries of a UNION each hand on the value of another input column, unchanged: those columns. */
  readonly copiesOf?: readonly InputColumn[];
  /** An aggregate over rows lies on the way. */
  readonly aggregate: boolean;
  /** Whether it can't be NULL; undefined where nobody knows. */
  readonly notNull?: boolean | undefined;
  /** Names of a composite's fields, where they are known. */
  readonly fields?: readonly string[] | undefined;
  /** One field of a row, where it is known what that is. */
  readonly field?: ((name: string) => Value | undefined) | undefined;
}

export const CONSTANT: Value = Object.freeze({ value: NOTHING, decides: NOTHING, aggregate: false });

/** A value computed from several. */
export function computed(values: readonly Value[]): Value {
  const some = values.filter((value) => value !== CONSTANT);
  if (some.length === 0) return CONSTANT;
  return {
    value: mergeAll(some.map(({ value }) => value)),
    decides: mergeAll(some.map(({ decides }) => decides)),
    aggregate: some.some(({ aggregate }) => aggregate),
  };
}

/** Everything behind a value. */
export const all = ({ value, decides }: Value): Flow => merge(value, decides);

/** The value with more that decides on it. */
export const decidedBy = (value: Value, ...more: readonly Flow[]): Value => ({
  ...value,
  decides: merge(value.decides, ...more),
});

/** The input columns that a column hands on unchanged, each in some of its rows. */
export const copiesIn = ({ copyOf, copiesOf }: Value): readonly InputColumn[] => (copyOf ? [copyOf] : (copiesOf ?? []));
