import type { AddressPolicy } from "./address-policy.js";

const ENTRY = /^(?:(?<scheme>https?):\/\/)?(?<host>\[[^\]]+\]|[^:/]+)(?::(?<port>\d+))?\/?$/;

/** Whether a URL's host is in a list, with a wildcard or without. */
export function isListed(url: URL, { hosts = [], ports }: Pick<AddressPolicy, "hosts" | "ports">): boolean {
  return isNamed(url, hosts, ports) || hosts.some((entry) => fits(entry, url, ports, true));
}

/** Whether a URL's host is in a list by its own name. */
export function isNamed(url: URL, hosts: readonly string[] = [], ports?: AddressPolicy["ports"]): boolean {
  return hosts.some((entry) => fits(entry, url, ports, false));
}

function fits(entry: string, url: URL, ports: AddressPolicy["ports"], wildcards: boolean): boolean {
  const { scheme, host = "", port } = ENTRY.exec(entry.toLowerCase())?.groups ?? {};
  if (scheme !== undefined && `${scheme}:` !== url.protocol) return false;
  const isHost = wildcards
    ? /^\*\.[^*]+$/.test(host) && url.hostname.endsWith(host.slice(1))
    : host !== "" && host === url.hostname;
  return isHost && (port === undefined ? isUsualPort(url, ports) : port === portOf(url));
}

function isUsualPort(url: URL, ports: AddressPolicy["ports"]): boolean {
  return url.port === "" || ports === "any" || ports?.includes(Number(url.port)) === true;
}

function portOf({ port, protocol }: URL): string {
  if (port !== "") return port;
  return protocol === "https:" ? "443" : "80";
}
