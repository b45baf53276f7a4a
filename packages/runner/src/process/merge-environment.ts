/**
 * `overlay` over `base`; the last value wins. On Windows the case of a name does not count: `PATH`
 * replaces the value of `Path`, and the variable keeps the spelling it had first, as it does when
 * Windows itself sets it. Untested on a real Windows.
 */
export function mergeEnvironment(
  base: Readonly<Record<string, string>>,
  overlay: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  if (platform !== "win32") return { ...base, ...overlay };
  const merged = new Map<string, { name: string; value: string }>();
  for (const [name, value] of [...Object.entries(base), ...Object.entries(overlay)]) {
    const key = name.toUpperCase();
    merged.set(key, { name: merged.get(key)?.name ?? name, value });
  }
  return Object.fromEntries(Array.from(merged.values(), ({ name, value }) => [name, value]));
}
