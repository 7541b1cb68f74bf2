/** The tables beside the new one in its closed schema: some for the build alone, some to be published with it. */
import type { TableName } from "../../../project/types.ts";
import type { Statement } from "../../session/batch.ts";
import { qualified } from "../../names.ts";

/** `ctf_` begins no name of a person's table. */
export interface Helpers {
  readonly forms: TableName;
  readonly nodes: TableName;
  readonly sections: TableName;
  readonly asked: TableName;
  readonly documents: TableName;
  readonly open: TableName;
  readonly repeated: TableName;
  readonly inside: TableName;
  readonly unknown: TableName;
  readonly unsettled: TableName;
  readonly odd: TableName;
  readonly rest: TableName;
  /** To be published. */
  readonly rejects: TableName;
  readonly questions: TableName;
  readonly seen: TableName;
}

export const helpersIn = (schema: string): Helpers => ({
  forms: { schema, name: "ctf_forms" },
  nodes: { schema, name: "ctf_nodes" },
  sections: { schema, name: "ctf_sections" },
  asked: { schema, name: "ctf_asked" },
  documents: { schema, name: "ctf_documents" },
  open: { schema, name: "ctf_open" },
  repeated: { schema, name: "ctf_repeated" },
  inside: { schema, name: "ctf_inside" },
  unknown: { schema, name: "ctf_unknown" },
  unsettled: { schema, name: "ctf_unsettled" },
  odd: { schema, name: "ctf_odd" },
  rest: { schema, name: "ctf_rest" },
  rejects: { schema, name: "ctf_rejects" },
  questions: { schema, name: "ctf_questions" },
  seen: { schema, name: "ctf_seen" },
});

export const drop = (...tables: readonly TableName[]): Statement => ({
  text: `DROP TABLE IF EXISTS ${tables.map(qualified).join(", ")}`,
});

export const analyze = (table: TableName, columns = ""): Statement => ({
  text: `ANALYZE ${qualified(table)}${columns === "" ? "" : ` (${columns})`}`,
});
