/** Where a token would be told, could be ended, or could have others made: in any namespace, which a path may begin with. */
const OF_THE_TOKEN = /\/auth\/token\/(?:create|lookup|renew|revoke|roles|tidy)/i;

/** As the server reads a path: decoded, without query, and without empty and dotted segments; nothing where it cannot be. */
export function servedPath(path: string): string | undefined {
  const [written = ""] = path.split(/[?#]/, 1);
  try {
    const { pathname } = new URL(
      decodeURIComponent(written).replaceAll("\\", "/").replace(/^\/*/, "/"),
      "http://gateway",
    );
    return decodeURIComponent(pathname).replaceAll(/\/+/g, "/");
  } catch {
    return undefined;
  }
}

/** Whether a request is about the token that it shows. What cannot be decoded counts as well. */
export function isOfTheToken(path: string): boolean {
  const served = servedPath(path);
  return served === undefined || OF_THE_TOKEN.test(served);
}
