/** Queries of many shapes, the same ones every time, over the tables of schema.sql. */

const TABLES = {
  members: ["member_id", "first_name", "last_name", "birth_date", "gender", "risk"],
  claims: ["claim_id", "member_id", "provider_id", "service_date", "billed", "paid", "status"],
  coverage_spans: ["member_id", "plan", "starts", "ends", "premium"],
  providers: ["provider_id", "name", "specialty", "npi", "rating"],
  calendar: ["day", "month", "year", "holiday"],
} as const;

type Random = (below: number) => number;

/** A column that can be named: `a1.paid`. */
interface Named {
  readonly expression: string;
  readonly isText: boolean;
}

const TEXTS = new Set(["first_name", "last_name", "gender", "status", "plan", "name", "specialty", "npi"]);

export function generated(count: number): readonly string[] {
  return Array.from({ length: count }, (_, seed) => query(randomFrom(seed + 1), 2));
}

/** Mulberry32. */
function randomFrom(seed: number): Random {
  let state = seed * 0x9e3779b9;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)]!;
let names = 0;

/** A SELECT whose columns are all text, called x0, x1 … so that queries can be put into each other. */
function query(random: Random, depth: number, columns = 1 + random(4)): string {
  if (depth === 2) names = 0;
  const shape = random(10);
  if (depth > 0 && shape === 0) {
    const operation = pick(random, ["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]);
    return `(${query(random, depth - 1, columns)}) ${operation} (${query(random, depth - 1, columns)})`;
  }
  if (depth > 0 && shape < 3) {
    const width = 1 + random(3);
    const name = `w${names++}`;
    const from = Array.from({ length: width }, (_, n) => ({ expression: `${name}.x${n}`, isText: true }));
    return `WITH ${name} AS (${query(random, depth - 1, width)}) ${select(random, name, from, columns, depth)}`;
  }
  const { text, columns: from } = fromItems(random, depth);
  return select(random, text, from, columns, depth);
}

function select(random: Random, from: string, named: readonly Named[], columns: number, depth: number): string {
  const isGrouped = random(4) === 0;
  const keys = isGrouped ? [pick(random, named), pick(random, named)] : [];
  const target = (n: number): string => {
    const text = pick(random, isGrouped ? keys : named);
    if (text.isText && random(3) === 0) return `${text.expression} AS x${n}`;
    const value = isGrouped
      ? random(2) === 0
        ? pick(random, keys).expression
        : aggregate(random, named)
      : expression(random, named, depth);
    return `(${value})::text AS x${n}`;
  };
  const targets = Array.from({ length: columns }, (_, n) => target(n)).join(", ");
  const where = random(2) === 0 ? ` WHERE ${condition(random, named, depth)}` : "";
  const group = isGrouped ? ` GROUP BY ${keys.map(({ expression }) => expression).join(", ")}` : "";
  const having = isGrouped && random(2) === 0 ? ` HAVING count(${pick(random, named).expression}) > 0` : "";
  const order = random(4) === 0 ? ` ORDER BY ${1 + random(columns)}${random(2) === 0 ? " LIMIT 5" : ""}` : "";
  const distinct = !isGrouped && random(6) === 0 ? "DISTINCT " : "";
  return `SELECT ${distinct}${targets} FROM ${from}${where}${group}${having}${order}`;
}

function fromItems(random: Random, depth: number): { text: string; columns: Named[] } {
  let { text, columns } = fromItem(random, depth);
  for (let more = random(3); more > 0; more--) {
    const next = fromItem(random, depth);
    const kind = pick(random, ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"]);
    const on = `${pick(random, columns).expression}::text = ${pick(random, next.columns).expression}::text`;
    text = `${text} ${kind} ${next.text}${kind === "CROSS JOIN" ? "" : ` ON ${on}`}`;
    columns = [...columns, ...next.columns];
  }
  return { text, columns };
}

function fromItem(random: Random, depth: number): { text: string; columns: Named[] } {
  const alias = `a${names++}`;
  if (depth > 0 && random(3) === 0) {
    const width = 1 + random(3);
    const columns = Array.from({ length: width }, (_, n) => ({ expression: `${alias}.x${n}`, isText: true }));
    return { text: `(${query(random, depth - 1, width)}) ${alias}`, columns };
  }
  const table = pick(random, Object.keys(TABLES) as (keyof typeof TABLES)[]);
  const columns = TABLES[table].map((column) => ({ expression: `${alias}.${column}`, isText: TEXTS.has(column) }));
  return { text: `h.${table} ${alias}`, columns };
}

function expression(random: Random, named: readonly Named[], depth: number): string {
  const a = pick(random, named).expression;
  const b = pick(random, named).expression;
  switch (random(depth > 0 ? 9 : 7)) {
    case 0:
    case 1:
      return a;
    case 2:
      return `${a}::text || ${b}::text`;
    case 3:
      return `CASE WHEN ${condition(random, named, 0)} THEN ${a}::text ELSE ${b}::text END`;
    case 4:
      return `coalesce(${a}::text, ${b}::text)`;
    case 5:
      return `row_number() OVER (PARTITION BY ${a} ORDER BY ${b})`;
    case 6:
      return `max(${a}::text) OVER (PARTITION BY ${b})`;
    case 7: {
      const alias = `s${names++}`;
      return `SELECT max(${alias}.paid) FROM h.claims ${alias} WHERE ${alias}.status <> ${a}::text`;
    }
    default:
      return `${a}::text IN (${query(random, 0, 1)})`;
  }
}

const aggregate = (random: Random, named: readonly Named[]): string =>
  pick(random, [
    "count(*)",
    `max(${pick(random, named).expression}::text)`,
    `count(DISTINCT ${pick(random, named).expression})`,
    `min(${pick(random, named).expression}::text) FILTER (WHERE ${condition(random, named, 0)})`,
    `string_agg(${pick(random, named).expression}::text, ',' ORDER BY ${pick(random, named).expression})`,
  ]);

function condition(random: Random, named: readonly Named[], depth: number): string {
  const a = `${pick(random, named).expression}::text`;
  const b = `${pick(random, named).expression}::text`;
  switch (random(depth > 0 ? 6 : 4)) {
    case 0:
      return `${a} = ${b}`;
    case 1:
      return `${a} IS NOT NULL`;
    case 2:
      return `${a} > '2' AND NOT ${b} LIKE '%3%'`;
    case 3:
      return `${a} IS NOT DISTINCT FROM ${b} OR ${b} < 'p'`;
    case 4: {
      const alias = `e${names++}`;
      return `EXISTS (SELECT 1 FROM h.coverage_spans ${alias} WHERE ${alias}.plan <> ${a})`;
    }
    default:
      return `${a} NOT IN (${query(random, 0, 1)})`;
  }
}
