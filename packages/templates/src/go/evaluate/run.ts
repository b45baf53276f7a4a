import type { GoTemplate } from "../go-template.js";
import type { Meter } from "../meter.js";
import type { SecretRequest } from "../secret-request.js";
import type { GoString } from "../values/go-string.js";
import type { GoValue } from "../values/go-value.js";

/** What becomes of a key that a map does not have: no value, the zero of the map's type, or an error. */
export type MissingKey = "default" | "zero" | "error";

/** What one pass over a template has at hand. */
export interface Run {
  readonly template: GoTemplate;
  readonly meter: Meter;
  readonly missingKey: MissingKey;
  readonly env: Readonly<Record<string, string>>;
  /** The time of this rendering, the same in all its passes. */
  readonly now: Date;
  /** What a source answered, or throws {@link UnknownAnswer}. */
  readonly answer: (request: SecretRequest) => GoValue;
  /** Renders a template that this one defines. */
  readonly execute: (name: GoString, dot: GoValue) => GoString;
}

/** Thrown to end a pass that needs an answer nobody has asked for yet. */
export class UnknownAnswer {
  constructor(readonly request: SecretRequest) {}
}
