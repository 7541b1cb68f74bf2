/** `import {sql, patch, …} from "clover-ctf/testing"`: pieces of SQL, run by themselves and replaced by rows. */
import { freezeTime as frozen, isInstant, type Frozen } from "../sql/freeze/freeze.ts";
import { loadParser } from "../sql/parser.ts";

await loadParser();

export { PieceProblem } from "./problem.ts";
export { mock, type Mocked } from "./mock.ts";
export { data, patch, type ColumnName, type Data, type InTurns, type Patch } from "./patches.ts";
export { sql, sqlFile, type Answer, type Connection, type Query, type Rendering } from "./query.ts";
export { body, createTableAs, cte, insertInto, piece, Piece, statement, subquery, table } from "./selectors.ts";
export { Literal, type Candidate, type PieceColumn, type Replaced, type Row, type Value } from "../sql/pieces/types.ts";

/**
 * SQL as if it were `now` (`2018-04-17T00:00:00Z`): now(), CURRENT_DATE, 'today'::date and their families. What can't be
 * exchanged is listed. @throws RangeError if `now` is no instant with its zone
 */
export function freezeTime(text: string, now: string): Frozen {
  if (!isInstant(now)) throw new RangeError("now must be an instant with its zone, such as 2018-04-17T00:00:00Z");
  return frozen({ text, line: 1, column: 1 }, now);
}
