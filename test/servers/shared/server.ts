/** A server that a test may talk to. */
export interface RunningServer {
  readonly kind: "running";
  /** Where it answers: `http://127.0.0.1:45871`. */
  readonly address: string;
  /** Ends the server if it was started for this test; one that was there before stays. */
  stop(): Promise<void>;
}

/** Why a test cannot have the server it needs. It is told loudly, never passed over in silence. */
export interface Unavailable {
  readonly kind: "unavailable";
  readonly reason: string;
}

/** Whether the tests must run against real servers: what is missing is then fetched, and a failure to is one. */
export function serversRequired(): boolean {
  return process.env["SLUICE_REQUIRE_SERVERS"] === "1";
}
