import { createHash } from "node:crypto";

/** Who may use a registry that is started with a user; the file has bcrypt of the password. */
export const REGISTRY_USER = {
  name: "u",
  password: "registry-pw",
  htpasswd: "u:$2y$05$abcdefghijklmnopqrstuuds5t418oOwMkysLpRRJF25xJiCNfpnO\n",
};

const AUTHORIZATION = `Basic ${Buffer.from(`${REGISTRY_USER.name}:${REGISTRY_USER.password}`).toString("base64")}`;

/** Pushes an image without layers, and an index over it, as a builder would. */
export async function pushImage(
  host: string,
  repository: string,
  tag: string,
  config: object,
  authorization: string = AUTHORIZATION,
): Promise<string> {
  const headers = { authorization };
  const base = `http://${host}/v2/${repository}`;
  const blob = async (text: string): Promise<{ digest: string; size: number }> => {
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    const begun = await fetch(`${base}/blobs/uploads/`, { method: "POST", headers });
    const place = new URL(begun.headers.get("location") ?? "", base);
    place.searchParams.set("digest", digest);
    const done = await fetch(place, {
      method: "PUT",
      headers: { ...headers, "content-type": "application/octet-stream" },
      body: text,
    });
    if (done.status !== 201) throw new Error(`The registry answered ${done.status}`);
    return { digest, size: text.length };
  };
  const put = async (reference: string, manifest: { mediaType: string }): Promise<string> => {
    const done = await fetch(`${base}/manifests/${reference}`, {
      method: "PUT",
      headers: { ...headers, "content-type": manifest.mediaType },
      body: JSON.stringify(manifest),
    });
    if (done.status !== 201) throw new Error(`The registry answered ${done.status}`);
    return done.headers.get("docker-content-digest") ?? "";
  };
  const described = await blob(
    JSON.stringify({ architecture: "amd64", os: "linux", config, rootfs: { type: "layers", diff_ids: [] } }),
  );
  const image = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...described },
    layers: [],
  };
  const digest = await put(`${tag}-amd64`, image);
  return put(tag, {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        mediaType: image.mediaType,
        digest,
        size: JSON.stringify(image).length,
        platform: { os: "linux", architecture: "amd64" },
      },
    ],
  } as { mediaType: string });
}
