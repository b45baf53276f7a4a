import type { FailureStatus } from "@sluice/core";
import type { FamilySpec } from "../families/family-spec.js";

/** A pod or a resource that asks for something. */
export interface Subject {
  readonly apiVersion: string;
  readonly kind: "Pod" | "GeneratedSecret";
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

interface SecretEvent {
  readonly store: string;
  /** What people call it. */
  readonly name: string;
  readonly type: FamilySpec["type"];
  /** All paths of its members. */
  readonly places: readonly string[];
  /** Some of those who ask for it: `Pod shop/web-1`. */
  readonly wantedBy: readonly string[];
}

/** Members of a secret were written. */
export interface SecretGeneratedEvent extends SecretEvent {
  /** The paths that were written. */
  readonly paths: readonly string[];
  readonly durationMs: number;
}

/** All that was asked for was there. */
export type SecretExistsEvent = SecretEvent;

/** A secret is not whole; it is tried again. */
export interface GenerationFailedEvent extends SecretEvent {
  readonly reason: string;
  /** For people. Never a value. */
  readonly message: string;
  /** What the store said, when it was the store. */
  readonly storeStatus?: FailureStatus;
  /** Paths that were written all the same. */
  readonly paths: readonly string[];
}

/** A pod was given a number, or its number is free again. */
export interface LeaseEvent {
  readonly store: string;
  readonly path: string;
  /** `NAMESPACE/NAME`. */
  readonly pod: string;
}

/** A pod has no number. */
export interface LeaseFailedEvent {
  readonly store: string;
  readonly prefix: string;
  /** `NAMESPACE/NAME`; absent when nobody's number can be looked after. */
  readonly pod?: string;
  /** `range-full`, `same-name`, or why the store or the cluster did not do it. */
  readonly reason: string;
}

/** What is asked for cannot be understood, or must not be done. */
export interface WantedRefusedEvent {
  /** `Pod shop/web-1`. */
  readonly subject: string;
  readonly problem: string;
}

/** The generator itself is in difficulties. */
export interface GeneratorFailedEvent {
  readonly what: "watch-pods" | "watch-resources" | "secret" | "leases" | "status" | "event";
  /** Code or class of what was thrown. */
  readonly errorName: string;
}

declare module "@sluice/core" {
  interface SluiceEvents {
    "secret-generated": SecretGeneratedEvent;
    "secret-exists": SecretExistsEvent;
    "generation-failed": GenerationFailedEvent;
    "lease-claimed": LeaseEvent;
    "lease-released": LeaseEvent;
    "lease-failed": LeaseFailedEvent;
    "wanted-refused": WantedRefusedEvent;
    "generator-failed": GeneratorFailedEvent;
  }
}

/** What people call a subject: `Pod shop/web-1`. */
export function formatSubject({ kind, namespace, name }: Subject): string {
  return `${kind} ${namespace}/${name}`;
}
