/** Keys that several files share. Each schema says what is allowed; the words for what is wrong are in `explain.ts`. */
import * as z from "zod";

export const description = z.string().min(1).describe("What it is, in a sentence for people who read the catalog.");

export const owners = z
  .array(z.string().min(1))
  .min(1)
  .describe("Who answers for it: e-mail addresses or names of teams.");

const duration = z
  .string()
  .regex(/^[1-9]\d*(ms|s|m|h|d)$/, "must be a whole number and a unit (ms, s, m, h or d), such as 90s, 10m or 2h");

const PRIVILEGES = ["select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"] as const;

export const grants = z
  .record(z.string().min(1), z.array(z.enum(PRIVILEGES)).min(1))
  .describe("Who may do what with the outputs: a list of privileges for each role, as in `{reporting: [select]}`.");

const memory = z
  .string()
  .regex(/^[1-9]\d*(kB|MB|GB|TB)$/, "must be a whole number and a unit (kB, MB, GB or TB), such as 64MB");
const count = z.int().min(0);
const cost = z.number().min(0);
const onOff = z.union([z.boolean(), z.enum(["on", "off"])]);
const text = z.string().min(1);
const is = (schema: z.ZodType, words: string) => schema.optional().describe(words);
const planner = (what: string) => is(onOff, `Whether the planner may use ${what}.`);

const settings = z
  .strictObject({
    work_mem: is(memory, "Memory for each sort or hash before it goes to disk."),
    hash_mem_multiplier: is(z.number().min(1).max(1000), "How many times work_mem a hash may use."),
    maintenance_work_mem: is(memory, "Memory for building indexes."),
    effective_cache_size: is(memory, "How much the planner assumes is cached."),
    effective_io_concurrency: is(count.max(1000), "How many reads are asked of the disks at once."),
    max_parallel_workers_per_gather: is(count.max(1024), "Parallel workers for one query."),
    max_parallel_maintenance_workers: is(count.max(1024), "Parallel workers for building an index."),
    random_page_cost: is(cost, "What the planner thinks that a random read costs."),
    seq_page_cost: is(cost, "What the planner thinks that a sequential read costs."),
    default_statistics_target: is(count.min(1).max(10_000), "How closely ANALYZE looks at columns."),
    from_collapse_limit: is(count.min(1), "Up to how many relations the planner merges subqueries."),
    join_collapse_limit: is(
      count.min(1),
      "Up to how many relations the planner reorders joins; 1 keeps the written order.",
    ),
    geqo: is(onOff, "Whether joins of very many tables are planned by the genetic optimizer."),
    geqo_threshold: is(count.min(2), "From how many relations on the genetic optimizer is used."),
    jit: is(onOff, "Whether queries may be compiled."),
    plan_cache_mode: is(
      z.enum(["auto", "force_generic_plan", "force_custom_plan"]),
      "Which plans prepared statements use.",
    ),
    enable_bitmapscan: planner("bitmap scans"),
    enable_gathermerge: planner("gather merge"),
    enable_hashagg: planner("hashed aggregation"),
    enable_hashjoin: planner("hash joins"),
    enable_incremental_sort: planner("incremental sorts"),
    enable_indexonlyscan: planner("index-only scans"),
    enable_indexscan: planner("index scans"),
    enable_material: planner("materialization"),
    enable_memoize: planner("memoization of join inputs"),
    enable_mergejoin: planner("merge joins"),
    enable_nestloop: planner("nested loops, if there is another way"),
    enable_parallel_hash: planner("shared hash tables"),
    enable_partitionwise_aggregate: planner("aggregation by partition"),
    enable_partitionwise_join: planner("joins by partition"),
    enable_seqscan: planner("sequential scans, if there is another way"),
    enable_sort: planner("explicit sorts, if there is another way"),
    TimeZone: is(text, "The time zone in which timestamps are read and shown."),
    DateStyle: is(text, "How dates are read and shown, such as `ISO, MDY`."),
    IntervalStyle: is(z.enum(["postgres", "postgres_verbose", "sql_standard", "iso_8601"]), "How intervals are shown."),
    extra_float_digits: is(z.int().min(-15).max(3), "How many digits of floating-point numbers are shown."),
  })
  .describe("PostgreSQL settings for the statements of a transform.");

const retries = z
  .int()
  .min(0)
  .max(100)
  .describe("How many times to try again after a passing fault, such as a lost connection.");
const timeout = duration.describe("After how long a transform is cancelled, such as `2h`. No limit if not given.");
const publishWait = duration.describe(
  "How long publishing may wait for readers to let go of the table. Default: `10m`.",
);
const snapshotWait = duration.describe(
  "How long to wait, before publishing, for transactions that began before the build and so would see an empty table. Default: `30s`.",
);
const keepPrevious = z
  .boolean()
  .describe(
    "true: the table that a publish replaces is kept until the next one, where only CTF may read it, for `ctf diff --data … --against previous`. It takes up disk space, without its indexes. Where rows are changed in place (`publish: rows`, upsert, append, sql), nothing is replaced.",
  );

/** What can be set for a transform, and as a default for its pipeline or the whole project. */
export const execution = {
  settings: settings.optional(),
  retries: retries.optional(),
  timeout: timeout.optional(),
  publish_wait: publishWait.optional(),
  snapshot_wait: snapshotWait.optional(),
  keep_previous: keepPrevious.optional(),
};

export type RawExecution = z.infer<z.ZodObject<typeof execution>>;
