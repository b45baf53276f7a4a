import type { KeesParameter, KeesProblem, KeesSecret, KeesSecretType } from "./kees-parameter.js";

/** One value of a family. */
export interface KeesFamilyMember {
  /** Nothing where the secret's name has no field. */
  readonly field?: string;
  readonly storageSuffix: string;
  /** The annotation that asks for it; nothing where it is only made because its siblings are. */
  readonly annotation?: string;
}

/** `DYNAMIC` secrets that are made together or not at all. */
export interface KeesFamily {
  readonly bareName: string;
  readonly type: KeesSecretType;
  /** Bits. */
  readonly size: number;
  /** Always there for `GPG`. */
  readonly userId?: string;
  /** In the order of their paths. */
  readonly members: readonly KeesFamilyMember[];
}

/** What is to be created for one pod. */
export interface KeesFamilies {
  readonly families: readonly KeesFamily[];
  readonly problems: readonly KeesProblem[];
}

/**
 * The `DYNAMIC` secrets among a pod's parameters, by family: a key's public and private part, a GPG key with its
 * password, an API key for the one who calls and for the one who is called. A part that no annotation asks for is
 * made with the others, at the name with its field, for kees does so and another pod may ask for it. Annotations
 * of one family that contradict one another are problems, and nothing is made of them.
 */
export function keesFamilies(parameters: readonly KeesParameter[]): KeesFamilies {
  const families: KeesFamily[] = [];
  const problems: KeesProblem[] = [];
  for (const declared of related(parameters)) {
    const [first, ...others] = declared;
    const fields = keesFamilyFields(first);
    const found =
      fields === undefined
        ? []
        : [
            ...others.filter((other) => !isLike(first, other)).map((other) => unlike(first, other)),
            ...declared
              .filter(({ type, field }) => isPart(type) && !fields.includes(field ?? ""))
              .map(noPart),
          ];
    problems.push(...found);
    if (fields === undefined)
      families.push(...declared.map((secret) => familyOf(secret, [memberOf(secret)])));
    else if (found.length === 0) families.push(familyOf(first, membersOf(first.bareName, fields, declared)));
  }
  return { families, problems };
}

/**
 * The fields that a secret is made with; nothing where it stands alone. `api-key…` of type `RANDOM` has one value
 * in both of its fields.
 */
export function keesFamilyFields({ type, bareName }: KeesSecret): readonly string[] | undefined {
  if (type === "RSA") return ["private", "public"];
  if (type === "GPG") return ["password", "private", "public"];
  return type === "RANDOM" && bareName.startsWith("api-key") ? ["consumer", "provider"] : undefined;
}

/** Those of one type whose names differ in their fields only. */
function related(parameters: readonly KeesParameter[]): Iterable<readonly [KeesSecret, ...KeesSecret[]]> {
  const groups = new Map<string, [KeesSecret, ...KeesSecret[]]>();
  for (const parameter of parameters) {
    if (parameter.is !== "secret" || parameter.kind !== "DYNAMIC") continue;
    const key = `${parameter.type} ${parameter.bareName}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [parameter]);
    else group.push(parameter);
  }
  return groups.values();
}

function familyOf(
  { bareName, type, size = 0, userId }: KeesSecret,
  members: readonly KeesFamilyMember[],
): KeesFamily {
  return { bareName, type, size, ...(userId !== undefined && { userId }), members };
}

function memberOf({ field, storageSuffix, annotation }: KeesSecret): KeesFamilyMember {
  return { ...(field !== undefined && { field }), storageSuffix, annotation };
}

function membersOf(
  bareName: string,
  fields: readonly string[],
  declared: readonly KeesSecret[],
): readonly KeesFamilyMember[] {
  const asked = declared.map(memberOf);
  const made = fields
    .filter((field) => !asked.some((member) => member.field === field))
    .map((field) => ({ field, storageSuffix: `${bareName}_${field}` }));
  return [...asked, ...made].sort((a, b) => (a.storageSuffix < b.storageSuffix ? -1 : 1));
}

/** Whether a field says which part of a key a value is. */
function isPart(type: KeesSecretType): boolean {
  return type === "RSA" || type === "GPG";
}

function isLike(a: KeesSecret, b: KeesSecret): boolean {
  return a.size === b.size && a.userId === b.userId;
}

function unlike(first: KeesSecret, { annotation }: KeesSecret): KeesProblem {
  return {
    annotation,
    problem: `Annotation ${annotation} asks for another key than ${first.annotation}, and both are parts of one`,
    remedy: "Give them the same size and userId",
  };
}

function noPart(secret: KeesSecret): KeesProblem {
  const { annotation, bareName, type } = secret;
  const names = (keesFamilyFields(secret) ?? []).map((field) => `${bareName}_${field}`);
  return {
    annotation,
    problem: `Annotation ${annotation} does not say which part of a key of type ${type} it is`,
    remedy: `Name it ${names.join(" or ")}`,
  };
}
