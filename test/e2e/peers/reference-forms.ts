import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Container, EnvFromSource, Pod } from "@sluice/core/pod";
import { parse } from "yaml";

/** A form that bank-vaults documents, as a pod writes it, and what its container must end with. */
export interface ReferenceForm {
  readonly name: string;
  /** Of its annotations; the newer one by default. */
  readonly prefix?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly envFrom?: readonly EnvFromSource[];
  /** Variables by where they come from: key `configured` of the ConfigMap, `kept` of the Secret. */
  readonly valueFrom?: Readonly<Record<string, "configMapKeyRef" | "secretKeyRef">>;
  readonly configMap?: Readonly<Record<string, string>>;
  readonly secret?: Readonly<Record<string, string>>;
  /** Whether an init container has it, too. */
  readonly init?: boolean;
  /** What the container is asked by whether it lives. */
  readonly probe?: object;
  readonly expect?: Readonly<Record<string, string>>;
  readonly matches?: Readonly<Record<string, string>>;
  /** Variables that the container does not have. */
  readonly absent?: readonly string[];
  /** Why `sluice migrate` leaves it to people. */
  readonly migrates?: string;
  /** What the webhook's refusal says. */
  readonly denied?: string;
  /** What the launcher's refusal says. */
  readonly fails?: string;
}

const FILE = fileURLToPath(new URL("../../fixtures/peers/bank-vaults.yaml", import.meta.url));
const PREFIX = "secrets-webhook.security.bank-vaults.io/";

export const FORMS: readonly ReferenceForm[] = parse(readFileSync(FILE, "utf8")) as ReferenceForm[];

/** A form with `<NAME>` replaced by what there is in this run. */
export function filledForm(form: ReferenceForm, known: Readonly<Record<string, string>>): ReferenceForm {
  const filled = JSON.stringify(form).replaceAll(/<([A-Z_]+)>/g, (written, name: string) =>
    JSON.stringify(known[name] ?? written).slice(1, -1),
  );
  return JSON.parse(filled) as ReferenceForm;
}

/** The pod of a form: `/probe` prints its environment. */
export function podOf(
  {
    prefix = PREFIX,
    annotations = {},
    env = {},
    envFrom,
    valueFrom = {},
    init = false,
    probe,
  }: ReferenceForm,
  { CONFIGMAP, SECRET }: Readonly<Record<string, string>>,
): Pod {
  const container = (name: string): Container => ({
    name,
    image: "app",
    command: ["/probe"],
    ...(probe !== undefined && { livenessProbe: probe }),
    ...(envFrom !== undefined && { envFrom }),
    env: [
      ...Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
      ...Object.entries(valueFrom).map(([variable, source]) => {
        const key = source === "configMapKeyRef" ? "configured" : "kept";
        const name = source === "configMapKeyRef" ? CONFIGMAP : SECRET;
        return { name: variable, valueFrom: { [source]: { name, key } } };
      }),
    ],
  });
  return {
    kind: "Pod",
    metadata: {
      generateName: "form-",
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([name, value]) => [prefix + name, value]),
      ),
    },
    spec: {
      containers: [container("web")],
      ...(init && { initContainers: [container("before")] }),
    },
  };
}
