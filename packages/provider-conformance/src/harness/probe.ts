import assert from "node:assert";
import {
  type CheckResult,
  type DeleteOutcome,
  type DeleteRequest,
  type ListPage,
  type ListQuery,
  type ProviderContext,
  type PutOutcome,
  type PutRequest,
  type SecretOutcome,
  type SecretProvider,
  type SecretRequest,
  SecretValue,
} from "@sluice/core";
import { answered } from "./answered.js";
import { contextOf } from "./context.js";
import { requestOf, type RequestParts } from "./request-of.js";
import { WatchSession } from "./watch-session.js";

/** The name of a verb. */
export type Verb = Exclude<keyof SecretProvider, symbol>;

/** A provider in the hands of a test: a context of its own for every call, and no rejection that quotes a value. */
export class Probe {
  readonly provider: SecretProvider;
  readonly #field: string | undefined;

  /** @param field the field of a plain text, in a store whose secrets always have fields */
  constructor(provider: SecretProvider, field?: string) {
    this.provider = provider;
    this.#field = field;
  }

  async resolve(
    requests: readonly SecretRequest[],
    context?: Partial<ProviderContext>,
  ): Promise<readonly SecretOutcome[]> {
    const outcomes = await answered("resolve", async () =>
      this.provider.resolve(requests, contextOf(context)),
    );
    assert.ok(Array.isArray(outcomes), "`resolve` must answer with a list of outcomes");
    return outcomes;
  }

  async read(path: string, parts?: RequestParts, context?: Partial<ProviderContext>): Promise<SecretOutcome> {
    const request = requestOf(path, parts);
    const outcomes = await this.resolve([request], context);
    return outcomeOf(outcomes, request.id);
  }

  async put(path: string, content: string | Uint8Array, more: Partial<PutRequest> = {}): Promise<PutOutcome> {
    const put = this.verb("put");
    const value = this.valueToPut(content);
    return answered("put", async () => put({ path, value, ...more }, contextOf()));
  }

  async delete(path: string, more: Partial<DeleteRequest> = {}): Promise<DeleteOutcome> {
    const verb = this.verb("delete");
    return answered("delete", async () => verb({ path, ...more }, contextOf()));
  }

  async pages(query: ListQuery = {}): Promise<readonly ListPage[]> {
    const list = this.verb("list");
    return answered("list", async () => Array.fromAsync(list(query, contextOf())));
  }

  async check(): Promise<CheckResult> {
    const check = this.verb("check");
    return answered("check", async () => check(contextOf()));
  }

  /** Watches until {@link WatchSession.stop} is called. */
  watch(paths: readonly string[], cursor?: string): WatchSession {
    const watch = this.verb("watch");
    return new WatchSession((signal) =>
      watch({ paths, ...(cursor !== undefined && { cursor }) }, contextOf({ signal, deadline: Infinity })),
    );
  }

  /** A verb that the provider declares. */
  verb<Name extends Verb>(name: Name): NonNullable<SecretProvider[Name]> {
    const verb = this.provider[name];
    assert.ok(typeof verb === "function", `\`${name}\` is declared, and the provider does not have it`);
    return verb.bind(this.provider) as NonNullable<SecretProvider[Name]>;
  }

  valueToPut(content: string | Uint8Array): SecretValue {
    if (typeof content !== "string") return SecretValue.fromBytes(content);
    return SecretValue.fromText(
      this.#field === undefined ? content : JSON.stringify({ [this.#field]: content }),
    );
  }
}

/** The outcome of one request among those of its batch. */
export function outcomeOf(outcomes: readonly SecretOutcome[], id: string): SecretOutcome {
  const outcome = outcomes.find((each) => each.id === id);
  assert.ok(outcome, "a request was left without an outcome");
  return outcome;
}
