/** What a registry asks for before it answers. */
export type Challenge =
  | { readonly scheme: "basic" }
  | { readonly scheme: "bearer"; readonly realm: URL; readonly service?: string };

/**
 * Reads `WWW-Authenticate` as registries write it. `undefined` where it asks for nothing that is known, or would
 * send a password over plain HTTP.
 */
export function parseChallenge(header: string | undefined, plainHttp: boolean): Challenge | undefined {
  const [, scheme = "", rest = ""] = /^\s*(\w+)\s*(.*)$/s.exec(header ?? "") ?? [];
  if (scheme.toLowerCase() === "basic") return { scheme: "basic" };
  if (scheme.toLowerCase() !== "bearer") return undefined;
  const parameters = new Map(
    Array.from(
      rest.matchAll(/(\w+)="([^"]*)"/g),
      ([, name = "", value = ""]) => [name.toLowerCase(), value] as const,
    ),
  );
  const realm = URL.parse(parameters.get("realm") ?? "");
  if (realm === null || (realm.protocol !== "https:" && !(plainHttp && realm.protocol === "http:")))
    return undefined;
  const service = parameters.get("service");
  return { scheme: "bearer", realm, ...(service !== undefined && { service }) };
}
