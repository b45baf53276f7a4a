// An image that another is put upon, read from an OCI layout.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const INDEX = new Set([
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
]);

/**
 * @param {string} folder
 * @param {string} architecture `amd64` or `arm64`
 * @returns what its manifest and configuration say, and its layers as they are
 */
export function readBase(folder, architecture) {
  const read = ({ digest }) => readFileSync(join(folder, "blobs", ...digest.split(":")));
  const readJson = (descriptor) => JSON.parse(read(descriptor).toString());
  let [descriptor] = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")).manifests;
  while (INDEX.has(descriptor.mediaType)) {
    const { manifests } = readJson(descriptor);
    descriptor = manifests.find(
      ({ platform }) => platform?.architecture === architecture && platform.os === "linux",
    );
    if (descriptor === undefined) throw new Error(`${folder} has no image for linux/${architecture}`);
  }
  const manifest = readJson(descriptor);
  const config = readJson(manifest.config);
  if (config.architecture !== architecture) throw new Error(`${folder} is for ${config.architecture}`);
  return { config, layers: manifest.layers.map((layer) => ({ descriptor: layer, content: read(layer) })) };
}
