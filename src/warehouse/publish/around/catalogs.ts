import type { Statement } from "../../session/batch.ts";

/**
 * For reading catalogs, until the transaction ends. With an empty search_path PostgreSQL qualifies every name in what it
 * writes; and its planner, left to itself, takes longer over the order of the joins than they take to run, every time.
 */
export const forCatalogs: Statement = {
  text: `SELECT pg_catalog.set_config('search_path', '', true), pg_catalog.set_config('join_collapse_limit', '1', true),
           pg_catalog.set_config('from_collapse_limit', '1', true),
           pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true)`,
  // Prepared once a session, like all that is given values.
  values: [],
};
