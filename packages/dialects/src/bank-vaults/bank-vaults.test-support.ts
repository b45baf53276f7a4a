import {
  type ContainerReading,
  type Dialect,
  type ObjectNeed,
  readContainer,
  type Scope,
} from "@sluice/core/dialect";
import type { Container, ContainerKind, EnvVar, Pod } from "@sluice/core/pod";
import { type BankVaultsOptions, bankVaults } from "../index.js";

export const PREFIX = "secrets-webhook.security.bank-vaults.io/";
export const OLD_PREFIX = "vault.security.banzaicloud.io/";

/** What a variable stands in. */
export interface Surroundings extends BankVaultsOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly kind?: ContainerKind;
  readonly env?: readonly EnvVar[];
  /** What else the container has. */
  readonly container?: Partial<Container>;
  readonly objects?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What the dialect reads of a container with these variables. */
export function readAll(
  variables: Readonly<Record<string, string>>,
  around: Surroundings = {},
): ContainerReading {
  const { annotations = {}, kind = "app", env = [], container: more = {}, objects = {}, ...options } = around;
  const container = {
    name: "web",
    ...more,
    env: [...env, ...Object.entries(variables).map(([name, value]) => ({ name, value }))],
  };
  const dialect: Dialect = bankVaults(options);
  const pod: Pod = { metadata: { annotations }, spec: { containers: [container] } };
  const scope: Scope = {
    pod,
    namespace: "shop",
    namespaceLabels: {},
    objects: { find: ({ kind: of, name }: ObjectNeed) => objects[`${of}/${name}`] },
  };
  return readContainer(container, kind, dialect.appliesTo(pod, scope) ? [dialect] : [], scope);
}

/** What one text is read as, or why it is not. */
export const read = (text: string, around: Surroundings = {}): unknown => {
  const { env, problems } = readAll({ A: text }, around);
  return problems[0]?.problem ?? env["A"];
};
