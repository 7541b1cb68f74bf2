/**
 * What stands below is worked out once, and not wherever it is used. A plain `OFFSET 0`, whose zero PostgreSQL first has to
 * cast, would also keep workers away.
 */
export const FENCE = "OFFSET '0'";
