/** How a circle is told, be it of transforms or of pipelines. */
import type { Code } from "../../diagnostics/diagnostic.ts";
import type { Finding, Place } from "../../project/problem.ts";
import type { Project, Transform } from "../../project/types.ts";

/** By ids: who is read, and who reads it. */
interface Step {
  readonly from: string;
  readonly to: string;
}

interface Words {
  readonly code: Code;
  /** As in "these transforms wait for each other". */
  readonly who: string;
  readonly hint: string;
}

/** `names` go round in the direction of the data; `steps` are the reads that make it so. Placed at the first of them. */
export function cycleFinding(
  { transforms }: Project,
  names: readonly string[],
  steps: readonly Step[],
  { code, who, hint }: Words,
): Finding {
  const reads = steps.map(({ from, to }) => ({ from, reader: transforms.find(({ id }) => id === to)! }));
  const first = reads[0]!;
  return {
    file: first.reader.file,
    transform: first.reader.id,
    problem: {
      code,
      ...inputPlace(first.reader, first.from),
      message: `${who} wait for each other: ${[...names, names[0]!].join(" → ")}`,
      labels: reads.map(({ from, reader }) => ({
        ...inputPlace(reader, from),
        file: reader.file,
        message: `${reader.id} reads ${from}`,
      })),
      hint,
    },
  };
}

/** Where a transform says that it reads another. */
function inputPlace(reader: Transform, id: string): Place {
  const index = reader.inputs.findIndex((input) => input.type === "transform" && input.id === id);
  return { path: ["inputs", index] };
}
