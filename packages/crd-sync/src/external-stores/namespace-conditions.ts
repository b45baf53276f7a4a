import { RE2JS } from "re2js";

/** Which namespaces may use a `ClusterSecretStore`: those that one of its parts fits. */
export interface NamespaceCondition {
  readonly namespaces?: readonly string[];
  readonly namespaceRegexes?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
}

/** Labels of a namespace. */
export type NamespaceLabels = Readonly<Record<string, string>>;

/** Labels that a namespace must have, as Kubernetes writes that. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelExpression[];
}

interface LabelExpression {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

/**
 * Whether a namespace may use a store: one of its conditions fits, or it has none. Pure.
 *
 * @param labels of the namespace; without, no selector fits
 */
export function isNamespaceAllowed(
  conditions: readonly NamespaceCondition[],
  namespace: string,
  labels: NamespaceLabels | undefined,
): boolean {
  if (conditions.length === 0) return true;
  if (areLabelsSelected(conditions, labels)) return true;
  return conditions.some(
    ({ namespaces = [], namespaceRegexes = [] }) =>
      namespaces.includes(namespace) ||
      // In time linear in the name, whatever is written there; found anywhere in it, as they do.
      namespaceRegexes.some((pattern) => RE2JS.compile(pattern).matcher(namespace).find()),
  );
}

/** Whether the selector of a condition fits these labels. Pure. */
export function areLabelsSelected(
  conditions: readonly NamespaceCondition[],
  labels: NamespaceLabels | undefined,
): boolean {
  if (labels === undefined) return false;
  return conditions.some(
    ({ namespaceSelector }) => namespaceSelector !== undefined && selects(namespaceSelector, labels),
  );
}

function selects(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: NamespaceLabels,
): boolean {
  // What every object has, such as `constructor`, is no label.
  const labelOf = (name: string): string | undefined =>
    Object.hasOwn(labels, name) ? labels[name] : undefined;
  return (
    Object.entries(matchLabels).every(([name, text]) => labelOf(name) === text) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const found = labelOf(key);
      switch (operator) {
        case "In":
          return found !== undefined && values.includes(found);
        case "NotIn":
          return found === undefined || !values.includes(found);
        case "Exists":
          return found !== undefined;
        case "DoesNotExist":
          return found === undefined;
      }
    })
  );
}
