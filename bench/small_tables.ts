/** The small transforms of the running benchmark. */
export const TRANSFORMS = 200;

export const query = (n: number) =>
  `SELECT i AS id, date '2018-01-01' + i % 365 AS day, (i * 1.5)::numeric(12,2) AS amount, 'p' || i % ${n + 2} AS plan FROM generate_series(1, 500) AS i`;
