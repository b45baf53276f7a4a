import type { DialectProblem } from "@sluice/core/dialect";

/** What becomes of one annotation of a notation. The page of the dialect says the same, which a test sees to. */
export interface AnnotationRule {
  /** Without its prefix; `-NAME` at the end stands for any name. */
  readonly name: string;
  /** `ignored`: it changes nothing, for the reason given. `refused`: a pod that has it is denied. */
  readonly is: "honoured" | "ignored" | "refused";
  /** What it does here, or why it is ignored or refused. Without a full stop. */
  readonly says: string;
  /** What to write instead of one that is refused. */
  readonly remedy?: string;
}

const NAMED = "-NAME";

/** The rule for an annotation: an exact name before one that ends in any name, and of those the longest. */
export function findRule(rules: readonly AnnotationRule[], name: string): AnnotationRule | undefined {
  const exact = rules.find((rule) => rule.name === name);
  if (exact !== undefined) return exact;
  const named = rules.filter((rule) => rule.name.endsWith(NAMED) && name.startsWith(stem(rule)));
  return named.reduce<AnnotationRule | undefined>(
    (longest, rule) => (longest === undefined || rule.name.length > longest.name.length ? rule : longest),
    undefined,
  );
}

/** Annotations of a pod under a prefix that are refused, or that the notation does not have. */
export function annotationProblems(
  rules: readonly AnnotationRule[],
  prefix: string,
  annotations: ReadonlyMap<string, string>,
): DialectProblem[] {
  return Array.from(annotations.keys()).flatMap((name): DialectProblem[] => {
    const rule = findRule(rules, name);
    if (rule === undefined)
      return [
        {
          problem: `Annotation ${prefix}/${name} is none that this notation has`,
          remedy: "Correct its name, or leave it out",
        },
      ];
    if (rule.is !== "refused") return [];
    return [
      {
        problem: `Annotation ${prefix}/${name} is refused: ${rule.says}`,
        remedy: rule.remedy ?? "Leave it out",
      },
    ];
  });
}

/** Those of a pod's annotations that stand under a prefix, without it. */
export function annotationsUnder(
  prefix: string,
  annotations: Readonly<Record<string, string>> = {},
): Map<string, string> {
  return new Map(
    Object.entries(annotations).flatMap(([name, value]): [string, string][] =>
      name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), value]] : [],
    ),
  );
}

function stem({ name }: AnnotationRule): string {
  return name.slice(0, -NAMED.length + 1);
}
