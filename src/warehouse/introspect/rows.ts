/** A row of the catalog as our data: what is NULL is absent. */
export function present<T>(row: Record<string, unknown>): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;
}
