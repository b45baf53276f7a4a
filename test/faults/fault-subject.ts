import type { StoreDefinition } from "@sluice/core";
import type { Answer, Call } from "../servers/faults/call.js";
import type { Target } from "../servers/faults/pass-call.js";
import type { Unavailable } from "../servers/shared/server.js";

/** A provider and its real server, as the fault suite needs them. A provider is added by writing one. */
export interface FaultSubject extends AsyncDisposable {
  readonly kind: "running";
  /** The real server; a proxy goes before it. */
  readonly server: Target;
  /** Names that the provider knows the server by, where it is not by its address. */
  readonly serverNames?: readonly string[];
  /** Set where the connections are not the provider's, but of what leads it to the proxy. */
  readonly keepsConnections?: true;
  /** A store whose server is at `address`, with a certificate that `ca`, PEM, verifies. */
  readonly store: (address: string, ca: string) => StoreDefinition | Promise<StoreDefinition>;
  /** What the provider sees of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Path of the secret with this label, lower-case letters, digits and hyphens. */
  readonly path: (label: string) => string;
  /** Field that its value is in, where a secret of this store has only fields. */
  readonly field?: string;
  /** Writes a secret past the proxy. */
  readonly write: (path: string, text: string) => Promise<void>;
  /** Whether this call reads secrets, rather than logging in or looking around. */
  readonly isRead: (call: Call) => boolean;
  /** Most calls that one try to read one secret comes to, logging in included; 1 by default. */
  readonly callsPerTry?: number;
  /** How the server says that the token a call came with has expired. */
  readonly expired: Answer;
  /** How the server says that it takes no more calls now, without `Retry-After`. */
  readonly throttled: Answer;
}

/** Starts a subject's server, or says why there is none. */
export type OpenFaultSubject = () => Promise<FaultSubject | Unavailable>;
