/**
 * Between the tries of one transform: only rows are taken out, which takes a tenth of the time of `reset.ts`, and there are up to
 * hundreds of tries. What comes between two transforms or tests is `reset.ts`, which looks at everything.
 */
import type { Statement } from "../session/batch.ts";

/**
 * Takes the rows out of all tables of the role's that have any, and what was recorded of loaded files; numbers begin anew. What a
 * test made or altered stays as it is.
 */
export const emptied: Statement = {
  text: `DO $ctf$ DECLARE filled text := (
      SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ', ')
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND (n.nspname <> 'ctf' OR c.relname = 'loaded_file')
        AND pg_catalog.pg_has_role(c.relowner, 'USAGE') AND pg_catalog.pg_relation_size(c.oid) > 0);
    BEGIN
      IF filled IS NOT NULL THEN EXECUTE 'TRUNCATE ' || filled || ' RESTART IDENTITY CASCADE'; END IF;
    END $ctf$`,
};
