import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createVolume, updateVolume } from "../../test/kubernetes-volume.js";
import { tempFolder } from "../../test/support.js";
import { inOneGeneration } from "./volume-generation.js";

describe("inOneGeneration", () => {
  it("does the work again after a swap", async () => {
    const volume = join(await tempFolder(), "volume");
    await createVolume(volume, { a: "0" });
    let runs = 0;
    const work = async (): Promise<number> => {
      runs++;
      if (runs < 3) await updateVolume(volume, { a: `${runs}` });
      return runs;
    };
    expect(await inOneGeneration(volume, work)).toBe(3);
    expect(await inOneGeneration(volume, work)).toBe(4);
  });

  it("gives up rather than mix generations", async () => {
    const volume = join(await tempFolder(), "volume");
    await createVolume(volume, { a: "0" });
    const work = async (): Promise<void> => updateVolume(volume, { a: "x" });
    await expect(inOneGeneration(volume, work)).rejects.toMatchObject({
      failure: { status: "unavailable", reason: "unsteady" },
    });
  });
});
