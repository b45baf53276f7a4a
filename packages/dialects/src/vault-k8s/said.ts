import type { DialectProblem } from "@sluice/core/dialect";

export const VAULT_K8S_PREFIX = "vault.hashicorp.com";

/** What a pod's annotations say, and what of it could not be read. */
export class Said {
  readonly problems: DialectProblem[] = [];

  /** @param annotations - Without their prefix. */
  constructor(readonly annotations: ReadonlyMap<string, string>) {}

  /** An annotation that is there and not empty. */
  text(name: string): string | undefined {
    return this.annotations.get(name) || undefined;
  }

  /** As Go's parseutil reads one: what is empty is false. */
  flag(name: string, standard: boolean): boolean {
    const text = this.annotations.get(name);
    if (text === undefined) return standard;
    if (/^(?:1|t|true|T|TRUE|True)$/.test(text)) return true;
    if (!/^(?:0|f|false|F|FALSE|False|)$/.test(text))
      this.#refuse(name, "neither true nor false", "Write one of them");
    return false;
  }

  number(name: string, most: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
    if (value <= most) return value;
    this.#refuse(name, `no number up to ${most}`, "Write one");
    return undefined;
  }

  /** A duration of Go in milliseconds: `90s`, `5m`, `1h30m`. A number alone is seconds. */
  duration(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const seconds = /^\d{1,9}$/.test(text) ? Number(text) : secondsOf(text);
    if (seconds !== undefined && seconds > 0) return Math.round(seconds * 1000);
    this.#refuse(name, "no duration", "Write it as 30s, 5m or 1h30m");
    return undefined;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[], standard: Choice): Choice {
    const text = this.text(name) ?? standard;
    const found = choices.find((choice) => choice === text);
    if (found === undefined)
      this.#refuse(name, "none of what there is", `Write one of: ${choices.join(", ")}`);
    return found ?? standard;
  }

  quantity(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined || QUANTITY.test(text)) return text;
    this.#refuse(name, "no quantity", "Write it as 250m, 0.5 or 64Mi");
    return undefined;
  }

  #refuse(name: string, what: string, remedy: string): void {
    this.problems.push({ problem: `Annotation ${VAULT_K8S_PREFIX}/${name} is ${what}`, remedy });
  }
}

/** Source of the rule: k8s.io/apimachinery/pkg/api/resource, without exponents. */
const QUANTITY = /^\d{1,15}(?:\.\d{1,9})?(?:m|k|[KMGTP]i?)?$/;

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600 };

function secondsOf(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g))
    seconds += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  return seconds;
}
