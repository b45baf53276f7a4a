import {
  formatReference,
  formatTemplate,
  hasReferenceSyntax,
  isReference,
  parseReference,
} from "@sluice/core";
import type {
  ContainerAddition,
  Dialect,
  DialectProblem,
  VariableReading,
  WrittenVariable,
} from "@sluice/core/dialect";
import type { Pod } from "@sluice/core/pod";
import {
  type BankVaultsOptions,
  issues as issuesByDefault,
  type VaultNotation,
} from "./bank-vaults-options.js";
import { fromPath } from "./from-path.js";
import { type InlinePart, splitInline } from "./inline-references.js";
import { otherProvider } from "./other-providers.js";
import { annotationOf, isMissingIgnored, serverAnnotation } from "./pod-annotations.js";
import { passedThrough } from "./passed-through.js";
import { mutatesProbes, probeProblems } from "./probe-problems.js";
import { type ReferenceParts, referenceParts, type Surroundings } from "./reference-parts.js";
import { serverStore } from "./server-store.js";
import { isVaultReference, parseVaultReference } from "./vault-reference.js";

/**
 * bank-vaults' webhook and secret-init: `vault:PATH#KEY`, `${vault:PATH#KEY}` in text, `>>vault:…`, ciphertexts,
 * the same with `bao:`, and the annotations that say from where. See docs/dialects/bank-vaults.md.
 *
 * @throws ReferenceSyntaxError where `login` is none.
 */
export function bankVaults(options: BankVaultsOptions = {}): Dialect {
  if (options.login !== undefined) parseReference(options.login);
  return {
    name: "bank-vaults",
    readsObjects: true,
    appliesTo: (pod) => annotationOf(pod, "mutate") !== "skip",
    readVariable: (variable, { pod }) =>
      readVaultText(variable, pod, options) ?? otherProvider(variable, pod, options),
    readContainer: (container, kind, { pod }): ContainerAddition => {
      if (kind === "ephemeral") return {};
      const { spread, problems } = fromPath(pod, options);
      return {
        spread,
        plain: passedThrough(pod),
        everyHandler: mutatesProbes(pod),
        problems: [...problems, ...fileProblems(pod), ...probeProblems(container, pod)],
      };
    },
  };
}

function readVaultText(
  variable: WrittenVariable,
  pod: Pod,
  options: BankVaultsOptions,
): VariableReading | undefined {
  const { name, text } = variable;
  const inline = splitInline(text);
  const written: readonly InlinePart[] = inline.some((part) => typeof part !== "string")
    ? inline
    : isVaultReference(text)
      ? [{ reference: text }]
      : [];
  if (written.length === 0) return undefined;
  const parts: ReferenceParts[number][] = [];
  let optional = false;
  for (const part of written) {
    if (typeof part === "string") {
      if (hasReferenceSyntax(part)) return mixedNotations(name);
      parts.push(part);
      continue;
    }
    const notation = notationOf(part.reference);
    const store = serverStore(pod, notation, options);
    if (typeof store !== "string") return store;
    const read = readReference(
      part.reference,
      variable,
      surroundings(variable, pod, notation, store, options),
    );
    if ("problem" in read) return read;
    parts.push(...read.parts);
    optional ||= isMissingIgnored(pod, notation, options);
  }
  const [only] = parts;
  if (parts.length === 1 && typeof only === "object")
    return { text: formatReference(only), ...(optional && { optional }) };
  const template = formatTemplate(parts);
  return isReference(template) ? mixedNotations(name) : { text: template, ...(optional && { optional }) };
}

function readReference(
  reference: string,
  { name }: WrittenVariable,
  around: Surroundings,
): { readonly parts: ReferenceParts } | DialectProblem {
  const parsed = parseVaultReference(reference);
  const isStray = "kind" in parsed && parsed.kind === "login" && !/^(?:VAULT|BAO)_TOKEN$/.test(name);
  const parts = isStray
    ? { fault: "names no key", remedy: "Write vault:PATH#KEY; vault:login is for the variable VAULT_TOKEN" }
    : "fault" in parsed
      ? parsed
      : referenceParts(parsed, around);
  if (!("fault" in parts)) return { parts };
  return { problem: `Variable ${name} has a reference that ${parts.fault}`, remedy: parts.remedy };
}

function surroundings(
  { container: { env = [] } }: WrittenVariable,
  pod: Pod,
  notation: VaultNotation,
  store: string,
  { transit = {}, issues = issuesByDefault, login }: BankVaultsOptions,
): Surroundings {
  const variable = (suffix: string): string | undefined =>
    env.findLast(({ name }) => name === `${notation.toUpperCase()}_TRANSIT_${suffix}`)?.value;
  const key = serverAnnotation(pod, notation, "transit-key-id") ?? variable("KEY_ID") ?? transit.key;
  const path = serverAnnotation(pod, notation, "transit-path") ?? variable("PATH") ?? transit.path;
  return {
    store,
    issues,
    transit: { ...(key !== undefined && { key }), path: path || "transit" },
    ...(login !== undefined && { login }),
  };
}

function notationOf(reference: string): VaultNotation {
  return reference.replace(/^>+/, "").startsWith("bao:") ? "bao" : "vault";
}

function mixedNotations(name: string): DialectProblem {
  return {
    problem: `Variable ${name} has references of two notations in one text`,
    remedy: "Write both as ${secret://STORE/PATH}",
  };
}

/** Annotations that stand for files, which no variable can take the place of. */
function fileProblems(pod: Pod): DialectProblem[] {
  return ["vault-ct-configmap", "vault-agent-configmap", "bao-ct-configmap", "bao-agent-configmap"]
    .filter((name) => annotationOf(pod, name) !== undefined)
    .map((name) => ({
      problem: `Annotation ${name} asks for files made from templates, which this notation is not given`,
      remedy:
        "Write the files' templates as annotations of the agent injector, or read the fields as variables",
    }));
}
