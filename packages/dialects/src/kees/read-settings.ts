import { AnnotationProblem } from "./annotation-problem.js";

/** What an annotation's value says, by key. */
export type KeesSettings = ReadonlyMap<string, string>;

/** The key ends at the first `=` or `:`, as in the properties file that kees reads a value as. */
const SETTING = /^([^=:]*)[=:](.*)$/s;

/** Takes `k=v,k=v` apart. Of a key that is there twice the last counts; what is no setting is passed over. */
export function readSettings(value: string): KeesSettings {
  const settings = new Map<string, string>();
  for (const part of value.split(",")) {
    const [, key, text] = SETTING.exec(part) ?? [];
    if (key !== undefined && text !== undefined) settings.set(key.trim(), text.trim());
  }
  return settings;
}

/** @throws AnnotationProblem where the setting is missing or none of those. */
export function oneOf<T extends string>(settings: KeesSettings, key: string, values: readonly T[]): T {
  const text = settings.get(key);
  const value = values.find((known) => known === text);
  if (value !== undefined) return value;
  throw new AnnotationProblem(
    text === undefined ? `has no ${key}` : `has a ${key} that there is not`,
    `Give it ${key}=${values.join(`, or ${key}=`)}`,
  );
}

/** @throws AnnotationProblem where it is there and no whole number. */
export function wholeNumber(settings: KeesSettings, key: string): number | undefined {
  const text = settings.get(key);
  if (text === undefined) return undefined;
  const number = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isInteger(number) && Math.abs(number) <= MOST) return number;
  throw new AnnotationProblem(`has a ${key} that is no whole number`, `Give it as ${key}=NUMBER`);
}

const MOST = 2_147_483_647;

/** What a store's path is made of: the letters that a parameter of SSM may have. */
const STORAGE_KEY = /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/;

/** @throws AnnotationProblem where it is there and could not stand in a path. */
export function storageKey(settings: KeesSettings, key: string): string | undefined {
  const text = settings.get(key);
  if (text === undefined) return undefined;
  if (STORAGE_KEY.test(text) && !text.split("/").some((segment) => /^\.\.?$/.test(segment))) return text;
  throw new AnnotationProblem(
    `has a ${key} that is no path`,
    "Use letters, digits, dots, hyphens and underscores, with single slashes between them",
  );
}
