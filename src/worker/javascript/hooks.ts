/** How Node finds and reads a person's modules: types are taken out of TypeScript, and CTF's own library is there. */
import { readFileSync } from "node:fs";
import {
  register,
  type LoadFnOutput,
  type LoadHookContext,
  type ResolveFnOutput,
  type ResolveHookContext,
} from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { withoutTypes } from "./types_removed.ts";

// Node runs the hooks below in a thread of their own.
if (isMainThread) register(import.meta.url);

type Next<Context, Output> = (specifier: string, context?: Context) => Output | Promise<Output>;

/** A project need not have CTF among its packages. */
const OWN_LIBRARY = /^clover-ctf\/(?:nested|testing)$/;

export async function resolve(
  specifier: string,
  context: ResolveHookContext,
  next: Next<ResolveHookContext, ResolveFnOutput>,
): Promise<ResolveFnOutput> {
  if (OWN_LIBRARY.test(specifier)) return next(specifier, { ...context, parentURL: import.meta.url });
  return next(specifier, context);
}

/** Packages bring JavaScript: what lies in node_modules stays as it is, as it does where Node itself takes types out. */
export async function load(
  url: string,
  context: LoadHookContext,
  next: Next<LoadHookContext, LoadFnOutput>,
): Promise<LoadFnOutput> {
  if (!/^file:[^?#]*\.m?ts(?:[?#]|$)/.test(url) || url.includes("/node_modules/")) return next(url, context);
  const path = fileURLToPath(url);
  return { format: "module", source: withoutTypes(path, readFileSync(path, "utf8")), shortCircuit: true };
}
