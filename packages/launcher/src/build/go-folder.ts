import { fileURLToPath } from "node:url";

/** The launcher's Go module; the same from `src/build` and from `dist/build`. */
export const GO_FOLDER: string = fileURLToPath(new URL("../../go", import.meta.url));
