/** What has to be known of PostgreSQL's own functions. */

const AGGREGATES = new Set(
  `any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every json_agg
  json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_agg
  jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict max
  min mode percentile_cont percentile_disc range_agg range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept
  regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance
  xmlagg`.split(/\s+/),
);

/** Functions that give several rows: in a list of output columns they decide how many there are. */
const SETS = new Set(
  `generate_series generate_subscripts json_array_elements json_array_elements_text json_each json_each_text
  json_object_keys json_populate_recordset json_to_recordset jsonb_array_elements jsonb_array_elements_text jsonb_each
  jsonb_each_text jsonb_object_keys jsonb_path_query jsonb_path_query_tz jsonb_populate_recordset jsonb_to_recordset
  regexp_matches regexp_split_to_table string_to_table unnest`.split(/\s+/),
);

/** The columns of functions that name them themselves; of others in FROM the only column has the function's name. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  json_each: ["key", "value"],
  json_each_text: ["key", "value"],
  jsonb_each: ["key", "value"],
  jsonb_each_text: ["key", "value"],
  json_array_elements: ["value"],
  json_array_elements_text: ["value"],
  jsonb_array_elements: ["value"],
  jsonb_array_elements_text: ["value"],
  ts_debug: ["alias", "description", "token", "dictionaries", "dictionary", "lexemes"],
  ts_stat: ["word", "ndoc", "nentry"],
};

/** Those that give rows of the type of an argument. */
const COMPOSITES = new Set(
  "json_populate_record json_populate_recordset jsonb_populate_record jsonb_populate_recordset jsonb_to_record populate_record".split(
    " ",
  ),
);

type Name = readonly string[];
const isBuiltIn = (name: Name): boolean => name.length === 1 || name[0] === "pg_catalog";
const has = (set: ReadonlySet<string>, name: Name): boolean => isBuiltIn(name) && set.has(name.at(-1) ?? "");

export const isAggregate = (name: Name): boolean => has(AGGREGATES, name);
/** A function of somebody's own may give several rows, too. */
export const givesRows = (name: Name): boolean => !isBuiltIn(name) || has(SETS, name);
/** In FROM: whether it may have other columns than one of its own name. */
export const mayGiveMore = (name: Name): boolean => name.length > 0 && (!isBuiltIn(name) || has(COMPOSITES, name));
export const columnsOf = (name: Name): readonly string[] | undefined =>
  isBuiltIn(name) ? COLUMNS[name.at(-1) ?? ""] : undefined;
