/** A name that a person gave to something, as one of small letters, digits and _; it may be empty, or begin with a digit. */
export const plainName = (name: string): string =>
  name
    .normalize("NFKD") // ä is a and two dots
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, "_")
    .replaceAll(/^_+|_+$/g, "");
