/** The address of a warehouse, and what to say where it leads nowhere: without its user and password. */

/** The URL as psql takes it: `sslmode=require` asks for encryption, `verify-full` for a certificate that is trusted, too. */
export function libpqUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (!parsed.searchParams.has("sslmode") || parsed.searchParams.has("uselibpqcompat")) return url;
  parsed.searchParams.set("uselibpqcompat", "true");
  return parsed.href;
}

/** Host and database of a URL. */
export function place(url: string): string {
  if (!URL.canParse(url)) return "an address that is not a URL";
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

const reasons: Readonly<Record<string, string>> = {
  "28P01": "the password was refused",
  "28000": "the server does not let this user in, or not from here, or not without encryption",
  "3D000": "there is no such database",
  "53300": "the server has no connection left",
  "57P03": "the server is starting up or shutting down",
  ECONNREFUSED: "nobody listens there (ECONNREFUSED)",
  ENOTFOUND: "there is no such host (ENOTFOUND)",
};

const isCertificate = (code: string): boolean => /CERT|ERR_TLS|UNABLE_TO_VERIFY/.test(code);

/** Why a connection could not be made. */
export function reason(error: unknown): string {
  const { code, message } = error as Error & { readonly code?: string };
  if (code === undefined) return message;
  return isCertificate(code) ? `its certificate is not trusted (${code})` : (reasons[code] ?? code);
}

export function whatToDo(error: unknown, url: string): string {
  const { code = "", message } = error as Error & { readonly code?: string };
  if (!URL.canParse(url)) return "An address is postgresql://user:password@host:5432/database.";
  if (isCertificate(code))
    return "Name its authority in the address: ?sslmode=verify-full&sslrootcert=/path/to/root.crt.";
  if (message.includes("does not support SSL")) return "Take sslmode out of the address, or let the server have TLS.";
  if (code === "28000")
    return "Ask for a line in the server's pg_hba.conf; if it wants encryption, add ?sslmode=require.";
  return "Is the server up, and are the host, port, user and password of the address right?";
}
