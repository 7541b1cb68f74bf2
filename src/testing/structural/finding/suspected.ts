/** Where in the SQL something stands that may be to blame. */
import type { Span } from "../../../diagnostics/diagnostic.ts";
import type { StructuralSubject } from "../subject.ts";

export function suspected(
  { suspects, planned, unit }: StructuralSubject,
  by: "chance" | "order",
): { readonly span: Span; readonly what?: string } {
  const some = suspects.filter((one) => one.by === by);
  const file = unit.transform.codeFile ?? planned.file;
  if (some.length === 0) return { span: { file } };
  const what = [...new Set(some.map((one) => one.what))].join(", and ");
  return { span: { file, start: some[0]!.start }, what };
}
