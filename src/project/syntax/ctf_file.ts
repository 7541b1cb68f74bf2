import * as z from "zod";
import { defaultVisibility } from "./restrictions.ts";
import { description, execution, grants, owners } from "./common.ts";

const isolation = z
  .enum(["role", "none"])
  .optional()
  .describe(
    "`role`: what you write in SQL runs as a role that may read the declared inputs alone; CTF's own role needs CREATEROLE for it. Default: `role` for an embedded target, `none` for others.",
  );

/** Of a target in whose schemas the outputs of one person or one purpose stand, beside another target's. */
const environment = {
  prefix: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/, "must be small letters, digits and _, such as dev_jane_")
    .optional()
    .describe("What stands before the schemas of outputs: with `dev_jane_`, `claims.paid` is `dev_jane_claims.paid`."),
  defer: z
    .string()
    .min(1)
    .optional()
    .describe("The target, in the same database, where inputs are read that were not built here."),
};

const target = z.union([
  z.strictObject({
    embedded: z.literal(true).describe("A PostgreSQL that CTF starts itself."),
    ...environment,
    isolation,
  }),
  z.strictObject({
    url_env: z
      .string()
      .regex(
        /^[A-Za-z_][A-Za-z0-9_]*$/,
        "must be the name of an environment variable, such as WAREHOUSE_URL; never the URL itself",
      )
      .describe("The environment variable that holds the connection URL."),
    ...environment,
    isolation,
  }),
]);

const variable = z.strictObject({
  type: z
    .enum(["text", "integer", "numeric", "boolean", "date", "timestamptz"])
    .optional()
    .describe("What its values are. Default: `text`."),
  default: z.union([z.string(), z.number(), z.boolean()]).optional().describe("Its value where `--var` gives none."),
  description: description.optional(),
});

/** One requirement (PEP 508) on one line: a name first, so that it is never an option of the installer. */
const REQUIREMENT = /^[A-Za-z0-9][^\n\r]*$/;

export const ctfFile = z.strictObject({
  ctf: z.literal(1).describe("The version of this format."),
  project: z.string().min(1).describe("The project's name."),
  description: description.optional(),
  postgres: z
    .literal([15, 16, 17, 18])
    .optional()
    .describe("Which major version of PostgreSQL the embedded servers are. Default: 18."),
  targets: z
    .record(z.string().min(1), target)
    .optional()
    .describe(
      "Warehouses to run against: `{embedded: true}`, or `{url_env: NAME}`. Default: one embedded target, `local`.",
    ),
  default_target: z
    .string()
    .min(1)
    .optional()
    .describe("The target where `--target` gives none. Default: `local`, or the only one."),
  vars: z
    .record(z.string().min(1), variable)
    .optional()
    .describe("Values that vary: SQL reads them with `current_setting('ctf.NAME')`."),
  python: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The Python that runs python transforms: a path from the project's root, or a name on PATH. Default: `.venv/bin/python`, or `python3`.",
    ),
  python_requirements: z
    .array(z.string().regex(REQUIREMENT, "must be a package as pip names it, such as pandas or pandas>=2.2"))
    .optional()
    .describe("Packages that python transforms need, as in `[pandas>=2.2, pyarrow]`. `ctf python sync` installs them."),
  min_coverage: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe("How many percent of transforms, columns, CTEs and monitors must have a test: `ctf test` fails below."),
  defaults: z
    .strictObject({ ...execution, owners: owners.optional(), visibility: defaultVisibility.optional() })
    .optional()
    .describe("For all transforms that neither say otherwise nor have a pipeline that does."),
  grants: grants.optional(),
});

export type RawCtf = z.infer<typeof ctfFile>;
