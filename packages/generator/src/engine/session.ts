import { createHash } from "node:crypto";
import type { EventBus, SecretResolver } from "@sluice/core";
import type { KubernetesClient, KubernetesObject, ObjectEvent } from "@sluice/kubernetes";
import { GENERATED_SECRET_API_VERSION } from "@sluice/kubernetes/generated";
import { formatSubject, type Subject } from "../audit/generator-events.js";
import type { KeyMaker } from "../keys/key-maker.js";
import { podKey } from "../leases/ledger-entry.js";
import type { GenerateRule } from "../wanted/access-rules.js";
import { permittedWanted } from "../wanted/permitted-wanted.js";
import type { ReadPod, Wanted } from "../wanted/wanted.js";
import { wantedOfResource } from "../wanted/wanted-of-resource.js";
import { LeaseWork } from "./lease-work.js";
import { Notes } from "./notes.js";
import { isReady } from "./resource-status.js";
import { SecretWork } from "./secret-work.js";

/** What a session works with. */
export interface SessionOptions {
  readonly client: KubernetesClient;
  readonly resolver: SecretResolver;
  readonly keys: KeyMaker;
  readonly events: EventBus;
  readonly readPod: ReadPod;
  readonly access: readonly GenerateRule[];
  readonly identity: string;
  readonly ledgerNamespace: string;
  readonly namespace?: string;
  readonly soleWriter: boolean;
  readonly concurrency: number;
  readonly mostAttempts?: number;
  readonly signal: AbortSignal;
}

/** What is done from one complete list of pods on, until its signal aborts. */
export class Session {
  readonly #options: SessionOptions;
  readonly #notes: Notes;
  readonly secrets: SecretWork;
  readonly leases: LeaseWork;
  /** A digest of what each pod that asks for something has said: most changes of pods are of their status. */
  readonly #said = new Map<string, string>();
  #isSynced = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#notes = new Notes(options);
    this.secrets = new SecretWork({
      ...options,
      onOutcome: (wanted, subjects, outcome) => this.#notes.outcome(wanted, subjects, outcome),
    });
    this.leases = new LeaseWork({
      ...options,
      namespace: options.ledgerNamespace,
      knows: (namespace) => this.#isSynced && (options.namespace ?? namespace) === namespace,
      onRefused: (pod, message) => this.#notes.problem(pod, message),
    });
  }

  /** Whether all pods were told. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Something happened to pods. */
  async onPods(event: ObjectEvent): Promise<void> {
    switch (event.kind) {
      case "synced":
        return this.syncPods(event.objects);
      case "changed":
        return this.#pod(event.object);
      case "deleted":
        return this.#podGone(podOf(event.object));
      case "progress":
    }
  }

  /** These are all pods there are. */
  async syncPods(objects: readonly KubernetesObject[]): Promise<void> {
    const alive = new Set(objects.map((object) => podKey(podOf(object))));
    for (const key of this.#said.keys()) if (!alive.has(key)) this.#said.delete(key);
    for (const object of objects) this.#pod(object);
    this.#isSynced = true;
    this.leases.retain(alive);
    await this.leases.begin();
  }

  /** Something happened to resources. */
  onResources(event: ObjectEvent): void {
    if (event.kind === "synced") this.syncResources(event.objects);
    if (event.kind === "changed") this.#resource(event.object);
    if (event.kind === "deleted") this.secrets.forget(formatSubject(resourceOf(event.object)));
  }

  /** These are all resources there are. */
  syncResources(objects: readonly KubernetesObject[]): void {
    for (const object of objects) this.#resource(object);
  }

  /** Resolves when nothing is left to be tried, and all is told. */
  async idle(): Promise<void> {
    await Promise.all([this.secrets.idle(), this.leases.idle()]);
    await this.#notes.drain();
  }

  #pod(object: KubernetesObject): void {
    const pod = podOf(object);
    const { annotations = {} } = object.metadata;
    const wanted = this.#options.readPod({ ...pod, annotations });
    const key = podKey(pod);
    const asks = wanted.secrets.length + wanted.leases.length + wanted.problems.length > 0;
    if (!asks && !this.#said.has(key)) return;
    const said = digest([pod.uid, wanted]);
    if (this.#said.get(key) === said) return;
    if (asks) this.#said.set(key, said);
    else this.#said.delete(key);
    this.leases.want(pod, this.#want(wanted, pod).leases);
  }

  #podGone(pod: Subject): void {
    this.#said.delete(podKey(pod));
    this.secrets.forget(formatSubject(pod));
    this.leases.forget(pod);
  }

  #resource(object: KubernetesObject): void {
    if (isReady(object) || object.metadata.deletionTimestamp !== undefined) return;
    this.#want(wantedOfResource(object), resourceOf(object));
  }

  #want(wanted: Wanted, subject: Subject): Wanted {
    const permitted = permittedWanted(wanted, subject.namespace, this.#options.access);
    for (const problem of permitted.problems) {
      this.#options.events.emit("wanted-refused", { subject: formatSubject(subject), problem });
      this.#notes.problem(subject, problem);
    }
    for (const secret of permitted.secrets) this.secrets.want(secret, subject);
    return permitted;
  }
}

function podOf({ metadata: { namespace = "", name, uid = "" } }: KubernetesObject): Subject {
  return { apiVersion: "v1", kind: "Pod", namespace, name, uid };
}

function resourceOf({ metadata: { namespace = "", name, uid = "" } }: KubernetesObject): Subject {
  return { apiVersion: GENERATED_SECRET_API_VERSION, kind: "GeneratedSecret", namespace, name, uid };
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url");
}
