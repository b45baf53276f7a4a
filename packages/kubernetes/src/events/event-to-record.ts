/** What is told about an object, for `kubectl describe` to show. */
export interface EventToRecord {
  readonly regarding: EventSubject;
  readonly type: "Normal" | "Warning";
  /** One CamelCase word for programs: `StoreReady`. */
  readonly reason: string;
  /** What was done or tried, one CamelCase word: `Check`. */
  readonly action: string;
  /** For people; cut after 1024 bytes. Never a value. */
  readonly note: string;
}

/** The object an event is about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
}
