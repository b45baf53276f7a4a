import { packTar } from "modern-tar";
import { type Blob, blob } from "./blob.js";

/**
 * The image's one layer: `/sluice-launch`, of root, which anybody may execute and nobody write. It is not compressed:
 * what a compressor gives differs between its versions and processors, and the digest must not.
 */
export async function launcherLayer(program: Uint8Array): Promise<Blob> {
  const tar = await packTar([
    {
      header: {
        name: "sluice-launch",
        type: "file",
        size: program.length,
        mode: 0o555,
        uid: 0,
        gid: 0,
        mtime: new Date(0),
      },
      body: program,
    },
  ]);
  return blob("application/vnd.oci.image.layer.v1.tar", tar);
}
