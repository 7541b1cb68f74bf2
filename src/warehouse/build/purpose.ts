import type { TableName } from "../../project/types.ts";
import type { KeptKey } from "../publish/foreign_keys.ts";
import type { Relation } from "../publish/relation.ts";

/** Whether the new table is to become the published one (and takes over what the old one has), or is only a source of rows. */
export type Purpose =
  | {
      readonly type: "publish";
      readonly old: Relation | undefined;
      /** Foreign keys of other tables to the old one that CTF made. */
      readonly kept?: readonly KeptKey[];
      /** What later runs match rows by, where that is not its primary key. */
      readonly matchedBy?: readonly string[];
    }
  | {
      readonly type: "merge";
      /** No two rows may have the same. */
      readonly keys: readonly string[];
      /** The table that the rows are added to: its declared keys hold for both together. */
      readonly beside?: TableName;
    };
