/** Node reads a module once for each address: one that is to be read anew has the call's number in it. */

export const anew = (call: number): string => `?ctf-call=${call}`;

/** What an address says of the call, which what it imports is to say, too: "" for the first. */
export const anewOf = (url: string | undefined): string => /\?ctf-call=\d+$/.exec(url ?? "")?.[0] ?? "";
