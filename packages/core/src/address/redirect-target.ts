import { addressFault } from "./is-allowed-address.js";
import type { AddressFault, AddressPolicy } from "./address-policy.js";

/**
 * Where an answer sends its asker, held against the same policy as the first address; never from https to http.
 * Credentials are the asker's to take away when the origin is another.
 */
export function redirectTarget(from: string, location: string, policy: AddressPolicy): URL | AddressFault {
  // A scheme or a host that the location brings along is judged as it is written there.
  const isWhole = /^(?:[a-z][a-z0-9+.-]*:|[/\\]{2})/i.test(location);
  const written = location.startsWith("//") ? `${new URL(from).protocol}${location}` : location;
  const target = isWhole ? written : URL.canParse(location, from) ? new URL(location, from).href : location;
  const fault = addressFault(target, policy);
  if (fault !== undefined) return fault;
  const url = new URL(target);
  if (url.protocol === "http:" && new URL(from).protocol === "https:")
    return { reason: "downgrade", message: "leads from https to http" };
  return url;
}
