/** What is said of a transform that could not be tried. */
import type { Transform } from "../../project/types.ts";
import { failsOnRows, notExercised } from "./codes.ts";
import type { StructuralResult } from "./types.ts";

/** It was broken off. */
export const NOTHING_RUN: StructuralResult = { findings: [], statuses: {} };

/** Nobody says what is in its inputs. */
export const nothingKnown = ({ id, file }: Transform, message: string, hint: string): StructuralResult => ({
  findings: [{ check: "exercised", diagnostic: notExercised({ message, span: { file }, hint, transform: id }) }],
  statuses: { exercised: "not exercised" },
});

/** Or its session was ended from within. */
export const tookTooLong = ({ id, file }: Transform): StructuralResult => ({
  findings: [
    {
      check: "generated_inputs",
      diagnostic: failsOnRows({
        message: "on generated rows: it took too long, or ended its own session",
        span: { file },
        transform: id,
      }),
    },
  ],
  statuses: { generated_inputs: "failed" },
});
