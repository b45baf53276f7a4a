import { CONTAINER_AUDIENCES } from "@sluice/core/plan";

/** Version of the exchange that this package speaks. */
export const PROTOCOL_VERSION = 1;

/** Where a source is asked for an environment. */
export const ENVIRONMENT_PATH = "/v1/environment";

/** Where a source says whether it can answer. */
export const READY_PATH = "/v1/ready";

/** Bounds of the exchange; docs/spec/protocol-v1.md. */
export const LIMITS = {
  requestBytes: 262_144,
  answerBytes: 2_097_152,
  /** A token, in characters: what an API server makes has some 1,500. */
  tokenBytes: 16_384,
  /** To send a whole request, in milliseconds. */
  requestMs: 5_000,
  connectMs: 5_000,
  /** One try in all. */
  tryMs: 30_000,
  waitSeconds: 300,
} as const;

/** Audience of the token that proves a container of a pod. */
export function containerAudience(container: string): string {
  return `${CONTAINER_AUDIENCES}${container}`;
}
