import { generate } from "@sluice/generator/mode";
import type { Mode } from "@sluice/mode";

/** The generator, which reads from pods what annotations of kees ask for. */
export function generateForKees(): Mode {
  return generate({
    podReader: async (settings) => (await import("../generate/read-kees-pod.js")).keesPodReader(settings),
  });
}
