import type { SecretRequest } from "@sluice/core";

/** What to ask for besides a path; by default the whole latest secret, under the identifier `1`. */
export type RequestParts = Partial<Omit<SecretRequest, "path">>;

/** A request for a path. */
export function requestOf(path: string, parts: RequestParts = {}): SecretRequest {
  return {
    id: "1",
    path,
    selector: { kind: "whole" },
    version: { kind: "latest" },
    volatile: false,
    ...parts,
  };
}
