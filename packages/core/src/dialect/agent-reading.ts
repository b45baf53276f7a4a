import type { PlannedNotify } from "../plan/planned-notify.js";
import type { DialectProblem } from "./dialect.js";

/** What a pod asks an agent for that stands beside its containers, or why it cannot be given. */
export interface AgentReading {
  /** Absent where there are problems. */
  readonly wanted?: AgentWants;
  readonly problems: readonly DialectProblem[];
}

/** What an agent in the pod is to do, as data: names and templates, never a value. */
export interface AgentWants {
  /** The store that templates read from. */
  readonly store: string;
  /** As whom the pod wants to log in there, where it says. */
  readonly role?: string;
  readonly files: readonly AgentFile[];
  /** Whether files are written before the pod's containers start, kept fresh beside them, or both. */
  readonly runs: { readonly before: boolean; readonly beside: boolean };
  /** Whether files are read again beside the app; an agent may be there for its gateway alone. */
  readonly keepsFresh: boolean;
  /** Whether it comes before the pod's own init containers, which then see the files; else after them. */
  readonly initFirst: boolean;
  /** App containers that see the files. */
  readonly containers: readonly string[];
  /** The pod's own name for the volume of its files, which its containers may mount elsewhere. */
  readonly volume?: string;
  /** Whether the pod ends when its app containers do, as a job's. */
  readonly isJob: boolean;
  /** How often secrets without a lease are read again, in milliseconds. */
  readonly refreshMs?: number;
  /** Whether leases are given back when the pod ends, and how long that may take, in seconds. */
  readonly revoke: boolean;
  readonly graceSeconds?: number;
  /** A local, logged-in gateway to the store's server. */
  readonly gateway?: AgentGateway;
  /** As whom the agent runs, where the pod says. */
  readonly user?: AgentUser;
  readonly resources?: AgentResources;
  /** Whether the notation asks that the pod's containers share their processes. */
  readonly shareProcessNamespace: boolean;
}

/** A file that an agent keeps fresh. */
export interface AgentFile {
  /** What its messages call it. */
  readonly label: string;
  /** Folder of the memory volume that it is in, and its path below that. */
  readonly folder: string;
  readonly path: string;
  /** Template of Go's text/template with consul-template's functions. */
  readonly template: string;
  readonly delimiters?: readonly [left: string, right: string];
  /** What becomes of a key that is not there. */
  readonly missingKey: "zero" | "error";
  readonly mode?: number;
  /** What is done when it has changed. */
  readonly notify: readonly PlannedNotify[];
}

/** The local port at which an agent hands requests on to its store. */
export interface AgentGateway {
  readonly port: number;
  /** Whether the agent's own token is added: where the caller shows none, always, or never. */
  readonly token: "absent" | "always" | "never";
  /** Whether what was issued is given again to who asks the same, while its lease lives. */
  readonly cache: boolean;
}

/** As whom an agent runs. */
export interface AgentUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** As Kubernetes writes quantities. */
export interface AgentResources {
  readonly limits: Readonly<Record<string, string>>;
  readonly requests: Readonly<Record<string, string>>;
}
