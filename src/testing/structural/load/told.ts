import type { Diagnostic, DiagnosticParts } from "../../../diagnostics/diagnostic.ts";
import type { LoadStage } from "./load_stage.ts";

/** A finding about a load, at its definition. */
export const toldLoad = (
  { subject }: LoadStage,
  code: (parts: DiagnosticParts) => Diagnostic,
  message: string,
): { readonly diagnostic: Diagnostic } => {
  const { id, file } = subject.planned;
  return { diagnostic: code({ message, span: { file }, transform: id }) };
};
