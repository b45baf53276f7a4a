/** What one container is to be given, as data: names and references, never a value. */
export interface InjectionPlan {
  /** Version of the format it is written in. */
  readonly version: 1;
  /** Lowest version of a reader that may act on it. */
  readonly minReader: number;
  /** Features a reader must know, or refuse the plan; see {@link PLAN_FEATURES}. */
  readonly critical: readonly string[];
  readonly container: string;
  /** By variable. */
  readonly env: Readonly<Record<string, PlannedText>>;
  /** Variables that are left out when a secret of theirs does not exist. */
  readonly optional?: readonly string[];
  /** Variables that are taken away: notations whose value goes by another name. */
  readonly remove?: readonly string[];
  /** Secrets whose every field becomes a variable, over those of `env`, a later secret over an earlier; needs the feature `spread`. */
  readonly spread?: readonly PlannedSpread[];
  readonly source?: PlannedSource;
}

/** A secret whose fields become variables of the same names, which are known when it is read. */
export interface PlannedSpread {
  /** A reference without a key. */
  readonly from: string;
  /** Left out when there is no such secret. */
  readonly optional?: boolean;
}

/** A template of references, or a list of templates and variables of the container's own. */
export type PlannedText = string | readonly PlannedPart[];

/** A part of a text whose references are filled: literal, or known in the container only. */
export type PlannedPart = string | OwnVariable;

/** What the container's environment has under a name that only it knows, such as the pod's address. */
export interface OwnVariable {
  readonly var: string;
}

/** How the launcher reaches its source, and what it shows it. */
export interface PlannedSource {
  /** Name that the source's certificate must have, whatever address is dialled. */
  readonly serverName?: string;
  /** PEM certificates that the source's must descend from. */
  readonly roots?: string;
  /** File of the token whose audience is `sluice/CONTAINER`. */
  readonly token?: string;
  /** Files of further tokens by audience, for stores that act as the pod. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** How long to wait for a source that is away; 300 by default. */
  readonly waitSeconds?: number;
}

/** The variable that holds a container's plan. */
export const PLAN_VARIABLE = "SLUICE_PLAN";

/** The variable that says where the launcher asks: `https://…`, `unix:…`, `file:…`. */
export const SOURCE_VARIABLE = "SLUICE_SOURCE";

/** Version of the plan that this package writes, and the highest it reads. */
export const PLAN_VERSION = 1;

/** Critical features that this package knows. */
export const PLAN_FEATURES: readonly string[] = ["spread"];

/** Bounds of a plan; docs/spec/protocol-v1.md, 1.3, 1.7 and 1.8. */
export const PLAN_LIMITS = {
  bytes: 65_536,
  variables: 1_000,
  spreads: 100,
  /** Different ones. */
  references: 1_000,
  waitSeconds: 3_600,
} as const;

/** What audiences begin with that prove containers to the broker. No store is to have such a token. */
export const CONTAINER_AUDIENCES = "sluice/";
