/** Reads `block`, the content of a /proc/PID/environ. Of a repeated name the first counts, as for getenv(3). */
export function parseEnvironment(block: string): Record<string, string> {
  const env = new Map<string, string>();
  for (const entry of block.split("\0")) {
    const end = entry.indexOf("=");
    const name = entry.slice(0, end);
    if (end > 0 && !env.has(name)) env.set(name, entry.slice(end + 1));
  }
  return Object.fromEntries(env);
}
