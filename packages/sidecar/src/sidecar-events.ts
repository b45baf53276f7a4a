declare module "@sluice/core" {
  interface SluiceEvents {
    "files-written": FilesWrittenEvent;
    "files-not-written": FilesNotWrittenEvent;
    "app-told": AppToldEvent;
    "app-not-told": AppNotToldEvent;
    "gateway-answered": GatewayAnsweredEvent;
  }
}

/** Files of the plan were exchanged. */
export interface FilesWrittenEvent {
  /** Those whose content is another one now; all of them the first time. */
  readonly files: readonly string[];
}

/** What changed could not be made into files: the last good ones stay, and it is tried again. */
export interface FilesNotWrittenEvent {
  readonly files: readonly string[];
  /** What keeps them from being written. Never a value. */
  readonly problem: string;
}

/** An app was told of a change. */
export interface AppToldEvent {
  /** Sort of the action. */
  readonly action: string;
  readonly files: readonly string[];
  /** 1 for the first try. */
  readonly attempt: number;
}

/** An app could not be told of a change. */
export interface AppNotToldEvent extends AppToldEvent {
  readonly reason: string;
  /** Whether it is not tried any more. */
  readonly isLast: boolean;
}

/** A gateway with a cache answered a request. */
export interface GatewayAnsweredEvent {
  /** Whether the answer came from the cache, or from the store. */
  readonly cache: "hit" | "miss";
}
