/** What the kubelet reported last of a container; it may lag some seconds behind. */
export interface ObservedContainer {
  readonly state: "waiting" | "running" | "terminated";
  /** Of a running one, in milliseconds since the epoch, by the clock of its node. */
  readonly startedAt?: number;
  /** How often it was started again. */
  readonly restarts: number;
  /** Whether an instance of it ran before the one it waits for. */
  readonly ranBefore: boolean;
  /** Of the instance that runs, or ran last. */
  readonly instance?: string;
  /** Ephemeral containers run once. */
  readonly ephemeral: boolean;
}
