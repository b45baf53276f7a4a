import { isIP } from "node:net";
import { relative, resolve } from "node:path";
import { addressFault } from "@sluice/core/address";
import type { StoreOptions } from "./read-store-options.js";

/** What the options of a `SecretStore` may name, which whoever may create one in a namespace writes. */
export interface TenantPolicy {
  /**
   * Hosts that may be dialled, as in `AddressPolicy.hosts` without wildcards, and networks for addresses that are written as numbers; none by
   * default. Whoever opens stores stands elsewhere in the network than their authors.
   */
  readonly addresses?: readonly string[];
  /** Files of who opens stores, and folders with all that is in them, that may be read; none by default. */
  readonly files?: readonly string[];
}

/**
 * Why options of a `SecretStore` may not be used, with what to do; nothing of a value. Every text that has a scheme is taken for an
 * address, and whatever is named or written like a file for one, so that it holds for providers of others, too.
 *
 * @param folder where relative paths begin
 */
export function tenantFault(
  { options, environment }: Pick<StoreOptions, "options" | "environment">,
  folder: string,
  policy: TenantPolicy = {},
): string | undefined {
  for (const { place, name, text } of [...textsOf(options, "options"), ...textsOf(environment, VARIABLES)]) {
    // An audience is never dialled.
    if (name === "audience") continue;
    if (isAddress(name, text)) {
      if (!isOpen(text, policy)) return `${place} ${NOT_ALLOWED}`;
    } else if (isFile(name, text, place) && !isCertificate(name, text) && !isReadable(text, folder, policy))
      return `${place} ${NOT_READABLE}`;
  }
  return undefined;
}

const VARIABLES = "variables";

interface OptionText {
  /** For people: `options.auth.jwt.tokenFile`. */
  readonly place: string;
  readonly name: string;
  readonly text: string;
}

function textsOf(value: unknown, place: string, name = ""): OptionText[] {
  if (typeof value === "string") return [{ place, name, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([member, inner]) =>
    textsOf(inner, `${place}.${member}`, Array.isArray(value) ? name : member),
  );
}

const NOT_ALLOWED =
  "names an address, which would be dialled from another place in the network than its author's; have the operator " +
  "allow it by --allow-addresses, or make it a ClusterSecretStore";

const NOT_READABLE =
  "names a file that is not its author's; have the operator allow it by --allow-files, or make it a ClusterSecretStore";

function isAddress(name: string, text: string): boolean {
  return (
    /^\s*[a-z][a-z0-9+.-]*:[/\\]/i.test(text) ||
    /^(?:address|url|endpoint)$|(?:Address|Url|Endpoint)$|_ADDR$/.test(name)
  );
}

/** Names that a provider's options have for files (docs/write-a-provider.md), those of variables, and forms of paths. */
function isFile(name: string, text: string, place: string): boolean {
  return (
    /^(?:file|path|kubeconfig|caCert)$|(?:File|Path)$|(?:_FILE|_PATH|CACERT|CAPATH|KUBECONFIG)$/.test(name) ||
    // Of a variable the name tells; its value may be a credential, which may begin with anything.
    (!place.startsWith(VARIABLES) && /^\s*(?:file:|~|\.{0,2}[/\\])/i.test(text))
  );
}

/** Authorities may be written out where their file may stand. Only from its first letter on is a text no path to anything. */
function isCertificate(name: string, text: string): boolean {
  return /^caCert$|_CACERT$/.test(name) && /^\s*-----BEGIN CERTIFICATE-----\s/.test(text);
}

function isOpen(url: string, { addresses = [] }: TenantPolicy): boolean {
  const networks = addresses.filter(isNetwork);
  // What a wildcard stands for is led anywhere by whoever has the zone.
  const hosts = addresses.filter((entry) => !isNetwork(entry) && !entry.includes("*"));
  if (addressFault(url, { hosts, ports: "any" }) === undefined) return true;
  if (!URL.canParse(url)) return false;
  const isNumber = isIP(new URL(url).hostname.replace(/^\[(.*)\]$/, "$1")) !== 0;
  return isNumber && networks.length > 0 && addressFault(url, { networks, ports: "any" }) === undefined;
}

function isNetwork(entry: string): boolean {
  return isIP(entry.split("/")[0] ?? "") !== 0;
}

function isReadable(file: string, folder: string, { files = [] }: TenantPolicy): boolean {
  const path = resolve(folder, file);
  return files.some((allowed) => {
    const way = relative(resolve(folder, allowed), path);
    return way === "" || !/^(?:\.\.(?:\/|\\|$)|\/|[a-z]:)/i.test(way);
  });
}
