// The real servers and the fault proxy are TypeScript that no build emits: Node.js strips the types, and this finds
// the files, which import each other by the names they would have if they were built.
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

registerHooks({
  resolve(specifier, context, next) {
    const built = /^\..*\.js$/.test(specifier) && context.parentURL?.endsWith(".ts");
    const source = built ? new URL(specifier.replace(/js$/, "ts"), context.parentURL) : undefined;
    return source && existsSync(fileURLToPath(source))
      ? next(source.href, context)
      : next(specifier, context);
  },
});
