import { readFileSync } from "node:fs";
import { runCommand } from "../shared/run-command.js";
import { serversRequired } from "../shared/server.js";
import type { ServerProgram } from "../shared/server-program.js";
import { containerEngine } from "./container-engine.js";

/** What there is an image of. */
export type ImageName = "moto" | "openbao" | "kube-apiserver" | "etcd" | "golang";

interface PinnedImage {
  /** With the tag of the version that is installed where no engine runs. */
  readonly image: string;
  /** What the tag stood for when it was recorded. */
  readonly digest?: string;
}

const PULL_MS = 10 * 60_000;

/** How an image is named to an engine: by its digest as well, once `scripts/pin-server-images.mjs` has recorded it. */
export function imageReference(name: ImageName): string {
  const { image, digest } = pinnedImages()[name];
  return digest === undefined ? image : `${image}@${digest}`;
}

/** What `images.json` pins. */
export function pinnedImages(): Readonly<Record<ImageName, PinnedImage>> {
  return JSON.parse(readFileSync(new URL("images.json", import.meta.url), "utf8")) as Record<
    ImageName,
    PinnedImage
  >;
}

/**
 * A program of an image, if a container engine runs and has the image. It is pulled at first use; where servers are
 * required that was before all tests, with `pull`. One that cannot be pulled is told of, and done without.
 */
export async function containerProgram(
  name: ImageName,
  entrypoint: string,
  { pull = !serversRequired() }: { readonly pull?: boolean } = {},
): Promise<(ServerProgram & { readonly kind: "container" }) | undefined> {
  const engine = await containerEngine();
  if (engine === undefined) return undefined;
  const image = imageReference(name);
  const isThere =
    (await succeeds(engine, ["image", "inspect", image])) ||
    (pull && (await succeeds(engine, ["pull", "--quiet", image])));
  if (isThere) return { kind: "container", engine, image, entrypoint };
  if (pull) process.stderr.write(`\n${engine} cannot pull ${image}: done without it\n\n`);
  return undefined;
}

async function succeeds(engine: string, args: readonly string[]): Promise<boolean> {
  return runCommand(engine, args, PULL_MS).then(
    () => true,
    () => false,
  );
}
