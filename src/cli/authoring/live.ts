/** The database of a target, where commands read what is already there. */
import type { Client } from "pg";
import type { Project, TableName, Target } from "../../project/types.ts";
import { connect, openTarget } from "../../warehouse/session/connect.ts";
import { serverStatus } from "../../warehouse/embedded/server.ts";
import { readColumns } from "../../warehouse/introspect/columns.ts";
import { findRelations } from "../../warehouse/introspect/relations.ts";
import type { LiveColumn, LiveRelation } from "../../warehouse/introspect/types.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A connection whose names and types come out qualified, because its search_path is empty. */
export async function withTarget<T>(
  project: Project,
  target: Target,
  env: Environment,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { url } = await openTarget(project, target, { ...env });
  const client = await connect(url);
  try {
    await client.query("SET search_path = ''");
    return await work(client);
  } finally {
    await client.end();
  }
}

export interface LiveColumns {
  readonly relation: LiveRelation;
  readonly columns: readonly LiveColumn[];
}

export async function columnsOf(client: Client, relations: readonly LiveRelation[]): Promise<readonly LiveColumns[]> {
  const columns = await readColumns(
    client,
    relations.map((relation) => relation.oid),
  );
  return relations.map((relation) => ({
    relation,
    columns: columns.filter((column) => column.table === relation.oid),
  }));
}

/** Those of the tables that the default target has, if it can be asked without starting anything. */
export async function glanceAtTarget(
  project: Project,
  env: Environment,
  tables: readonly TableName[],
): Promise<readonly LiveColumns[]> {
  const target = project.targets.find((t) => t.name === project.defaultTarget);
  if (!target || tables.length === 0 || !isUp(project, target, env)) return [];
  try {
    return await withTarget(project, target, env, async (client) =>
      columnsOf(client, await findRelations(client, tables)),
    );
  } catch {
    return []; // A look in passing: the command goes on without it.
  }
}

function isUp(project: Project, target: Target, env: Environment): boolean {
  if (target.type === "url") return Boolean(env[target.urlEnv]);
  return serverStatus({ root: project.root, role: "durable", major: project.postgres }).state === "running";
}
