/** Documents that are new or differ, in place of what was made of them before. */
import type { DocumentRows } from "../../plan/types.ts";
import type { TableOutput } from "../../project/types.ts";
import { earlierBuild } from "../actions/build_table.ts";
import type { Statement } from "../session/batch.ts";
import { buildNumber, buildSchema, countsOf, type Build } from "../build/build.ts";
import { buildTable } from "../build/make.ts";
import type { Purpose } from "../build/purpose.ts";
import { refuseOtherKinds } from "../introspect/existing.ts";
import { identifier, qualified } from "../names.ts";
import { addRows } from "../publish/add_rows.ts";
import { refuseDifference } from "../publish/difference.ts";
import { readRelation } from "../publish/relation.ts";
import { settle } from "../publish/settle.ts";
import { publishSwap } from "../publish/swap.ts";
import type { Done, Work } from "../work.ts";
import { publishBeside } from "./publish.ts";
import { helpersIn } from "./sql/helpers.ts";

/** The first run makes the table. Running twice changes nothing. */
export async function appendDocuments(work: Work, output: TableOutput, rows: DocumentRows): Promise<Done> {
  const old = await readRelation(work.client, output);
  refuseOtherKinds(work, output, old);
  if (old) await refuseDifference(work, output);
  const purpose: Purpose = old ? { type: "merge", keys: [], beside: output } : { type: "publish", old };
  const build = (await earlierBuild(work, purpose.type)) ?? (await fresh(work, output, rows, purpose));
  const also = publishBeside(rows, output, build.number, !old);
  if (old) {
    await addRows(work, output, build, also, [forgetEvents(rows, output, build)]);
    await settle(work, output);
  } else await publishSwap(work, output, build, also);
  return { counts: { rows: build.rows, ...countsOf(build) } };
}

async function fresh(work: Work, output: TableOutput, rows: DocumentRows, purpose: Purpose): Promise<Build> {
  const number = await buildNumber(work);
  return buildTable(work, rows, output, number, purpose);
}

/** The events that the same documents had before; a primary key that begins with the document's finds them. */
const forgetEvents = ({ key, columns }: DocumentRows, output: TableOutput, { number }: Build): Statement => ({
  text: `DELETE FROM ${qualified(output)} e USING ${qualified(helpersIn(buildSchema(number)).seen)} s
    WHERE e.${identifier(key)} = s.document::${columns.find(({ name }) => name === key)!.type}`,
});
