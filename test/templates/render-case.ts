import { parseJsonExactly } from "@sluice/core";
import {
  parseGoTemplate,
  renderGoTemplate,
  type CertificateAnswer,
  type SecretAnswer,
  type TemplateLimits,
  type TemplateSource,
} from "@sluice/templates/go";
import type { GoldenAnswer, GoldenCase } from "./golden-case.js";

/** Renders a case with our own engine. */
export async function renderCase(
  each: GoldenCase,
  limits: Partial<TemplateLimits> = {},
): Promise<Uint8Array> {
  const { name, template, missingKey, data, env = {}, answers = [] } = each;
  return await renderGoTemplate(parseGoTemplate(name, template, limits), {
    source: sourceOf(answers),
    env,
    // A machine under load is no difference.
    limits: { maxMilliseconds: 60_000, ...limits },
    ...(missingKey !== undefined && { missingKey }),
    ...(missingKey === undefined && data !== undefined && { missingKey: "default" as const }),
    ...(data !== undefined && { data: JSON.parse(data) as unknown }),
  });
}

/** A source that knows these answers. */
function sourceOf(answers: readonly GoldenAnswer[]): TemplateSource {
  const key = (path: string, args?: object): string =>
    JSON.stringify([
      path,
      args === undefined ? null : Object.entries(args).sort(([a], [b]) => a.localeCompare(b)),
    ]);
  const find = (part: "secret" | "keys" | "pem", wanted: string): GoldenAnswer | undefined =>
    answers.find((each) => each[part] !== undefined && key(each.path, each.args) === wanted);
  return {
    readSecret: (path, args) => Promise.resolve(secretOf(find("secret", key(path, args)))),
    listSecrets: (path) => Promise.resolve(find("keys", key(path))?.keys),
    issueCertificate: (path, args) => Promise.resolve(certificateOf(find("pem", key(path, args)))),
  };
}

function secretOf(answer: GoldenAnswer | undefined): SecretAnswer | undefined {
  if (answer?.secret === undefined) return undefined;
  const { requestId, leaseId, leaseDuration, renewable, data, warnings } = answer.secret;
  return {
    data: parseJsonExactly(data) as Record<string, unknown>,
    request_id: requestId ?? "",
    lease_id: leaseId ?? "",
    lease_duration: leaseDuration ?? 0,
    renewable: renewable ?? false,
    warnings: warnings ?? null,
  };
}

function certificateOf(answer: GoldenAnswer | undefined): CertificateAnswer | undefined {
  if (answer?.pem === undefined) return undefined;
  const { Cert: cert, Key: key, CA: ca, CAChain: caChain } = answer.pem;
  return { cert, key, ca, caChain };
}
