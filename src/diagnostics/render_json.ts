/** Diagnostics for machines: the shape of `Diagnostic`, in a list, with what it adds up to. */
import { type Diagnostic, isError } from "./diagnostic.ts";

const DIAGNOSTICS_VERSION = 1;

export function renderJson(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(isError).length;
  return `${JSON.stringify({ version: DIAGNOSTICS_VERSION, errors, diagnostics }, undefined, 2)}\n`;
}
