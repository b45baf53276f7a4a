import { Answers } from "./answers.js";
import { UnknownAnswer, type MissingKey } from "./evaluate/run.js";
import { Walker } from "./evaluate/walker.js";
import type { GoTemplate } from "./go-template.js";
import { Meter } from "./meter.js";
import type { SecretRequest } from "./secret-request.js";
import { staticReads } from "./static-reads.js";
import { templateErrorAt } from "./template-error-at.js";
import { DEFAULT_LIMITS, type TemplateLimits } from "./template-limits.js";
import { TemplateProblem } from "./template-problem.js";
import type { TemplateSource } from "./template-source.js";
import { fromJson } from "./values/from-json.js";
import { bytesOf, type GoString } from "./values/go-string.js";

/** What a rendering has besides its template. */
export interface RenderOptions {
  readonly source: TemplateSource;
  /**
   * What becomes of a key that is not there: `zero` writes `<no value>`, as vault-k8s does; `error` ends the
   * rendering, as with its `error-on-missing-key`; `default` is text/template's own. Default `zero`.
   */
  readonly missingKey?: MissingKey;
  /** What `env` knows. Default none: the environment of the process is not its templates' business. */
  readonly env?: Readonly<Record<string, string>>;
  /** The value of `.` at the start, as parsed JSON. consul-template has none. */
  readonly data?: unknown;
  /** Default: the time at which the rendering begins. */
  readonly now?: Date;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<TemplateLimits>;
}

/**
 * Renders a template. Its output is a secret: put it into a `SecretValue`.
 *
 * What is certainly read is asked for first, all at once. A pass that needs another answer ends there; it is asked
 * for, and the template is begun again. So each secret is read once, only what is reached is read, and no answer is
 * ever made up.
 *
 * @throws {TemplateError} when it cannot be rendered, or goes beyond a limit.
 * @throws what the source rejects with, and the signal's reason.
 */
export async function renderGoTemplate(template: GoTemplate, options: RenderOptions): Promise<Uint8Array> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const signal = options.signal ?? new AbortController().signal;
  const answers = new Answers(options.source, limits, { signal });
  const data = options.data === undefined ? undefined : fromJson(options.data, "float64");
  const meter = new Meter(limits);
  const pass = (): GoString =>
    new Walker({
      template,
      meter,
      missingKey: options.missingKey ?? "zero",
      env: options.env ?? {},
      now,
      answer: (request) => answers.get(request),
    }).render(data);
  const now = options.now ?? new Date();
  try {
    let wanted: readonly SecretRequest[] = staticReads(template).certain;
    for (;;) {
      await answers.fetch(wanted);
      const result = attempt(pass, meter);
      if (typeof result === "string") return bytesOf(result);
      wanted = [result.request];
    }
  } catch (thrown) {
    if (thrown instanceof TemplateProblem) throw templateErrorAt(template, "execute", thrown, 0);
    throw thrown;
  }
}

/** The output, or what it needs to go on. */
function attempt(pass: () => GoString, meter: Meter): GoString | UnknownAnswer {
  meter.resume();
  try {
    return pass();
  } catch (thrown) {
    if (thrown instanceof UnknownAnswer) return thrown;
    throw thrown;
  } finally {
    meter.pause();
  }
}
