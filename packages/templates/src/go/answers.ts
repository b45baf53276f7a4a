import { requestKey, type SecretRequest } from "./secret-request.js";
import type { TemplateLimits } from "./template-limits.js";
import { TemplateProblem } from "./template-problem.js";
import type { ReadOptions, TemplateSource } from "./template-source.js";
import { UnknownAnswer } from "./evaluate/run.js";
import { DataShapeError } from "./values/from-json.js";
import { goString } from "./values/go-string.js";
import { GoList, type GoValue } from "./values/go-value.js";
import { vaultCertificate, vaultSecret } from "./values/vault-secret.js";

/** What a source answered in one rendering. Nothing is asked for twice. */
export class Answers {
  readonly #known = new Map<string, { readonly value: GoValue } | { readonly problem: TemplateProblem }>();

  constructor(
    private readonly source: TemplateSource,
    private readonly limits: TemplateLimits,
    private readonly options: ReadOptions,
  ) {}

  /** @throws {UnknownAnswer} when it was not fetched; {TemplateProblem} when there is none. */
  get(request: SecretRequest): GoValue {
    const known = this.#known.get(requestKey(request));
    if (known === undefined) throw new UnknownAnswer(request);
    if ("problem" in known) throw known.problem;
    return known.value;
  }

  /** Asks the source for those it was not asked for yet, all at once. Rejects with what the source rejects with. */
  async fetch(requests: readonly SecretRequest[]): Promise<void> {
    const wanted = new Map(requests.map((request) => [requestKey(request), request]));
    for (const key of this.#known.keys()) wanted.delete(key);
    const { maxReads } = this.limits;
    if (this.#known.size + wanted.size > maxReads)
      throw new TemplateProblem(`it reads more than ${maxReads} secrets`, "Read fewer, or raise maxReads");
    this.options.signal.throwIfAborted();
    await Promise.all(
      Array.from(wanted, async ([key, request]) => this.#known.set(key, await this.#ask(request))),
    );
    this.options.signal.throwIfAborted();
  }

  async #ask(
    request: SecretRequest,
  ): Promise<{ readonly value: GoValue } | { readonly problem: TemplateProblem }> {
    const { kind, path } = request;
    try {
      const value = await this.#read(request);
      if (value !== undefined) return { value };
      return {
        problem: new TemplateProblem(
          `there is nothing at ${JSON.stringify(path)}`,
          "Correct the path, or create it",
        ),
      };
    } catch (thrown) {
      if (thrown instanceof DataShapeError)
        return {
          problem: new TemplateProblem(`the ${kind} answer at ${JSON.stringify(path)} ${thrown.message}`),
        };
      if (thrown instanceof TemplateProblem) return { problem: thrown };
      throw thrown;
    }
  }

  async #read({ kind, path, args }: SecretRequest): Promise<GoValue> {
    const { source, options } = this;
    if (kind === "list") {
      if (source.listSecrets === undefined) throw notOffered("secrets");
      const names = await source.listSecrets(path, options);
      // None is an empty list, as in consul-template.
      return new GoList("string", (names ?? []).map(goString).sort(), names === undefined);
    }
    if (kind === "certificate") {
      if (source.issueCertificate === undefined) throw notOffered("pkiCert");
      const certificate = await source.issueCertificate(path, args, options);
      return certificate === undefined ? undefined : vaultCertificate(certificate);
    }
    const answer = await source.readSecret(path, kind === "write" ? args : undefined, options);
    return answer === undefined ? undefined : vaultSecret(answer);
  }
}

function notOffered(name: string): TemplateProblem {
  return new TemplateProblem(
    `the source of secrets does not offer ${name}`,
    "Read what you need with secret",
  );
}
