import { describe, expect, it } from "vitest";
import type { Pod } from "@sluice/kubernetes";
import { POD } from "../rules/rules.test-support.js";
import { PodReader } from "./pod-reader.js";

const { signal } = new AbortController();

/** Reads that end when they are told to; each gives a pod with its own number. */
function held() {
  const reads: PromiseWithResolvers<Pod | undefined>[] = [];
  const readPod = async (): Promise<Pod | undefined> => {
    const read = Promise.withResolvers<Pod | undefined>();
    reads.push(read);
    return read.promise;
  };
  const end = (number: number): void => reads[number]?.resolve({ ...POD, uid: String(number) });
  return { reads, end, reader: new PodReader({ readPod }) };
}

const settle = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it("lets those who ask during a read share the one after it", async () => {
  const { reads, end, reader } = held();
  const first = reader.read("shop", "web", signal);
  const later = [reader.read("shop", "web", signal), reader.read("shop", "web", signal)];
  await settle();
  expect(reads).toHaveLength(1);
  end(0);
  expect((await first)?.uid).toBe("0");
  await settle();
  const latest = reader.read("shop", "web", signal);
  expect(reads).toHaveLength(2);
  end(1);
  for (const read of later) expect((await read)?.uid).toBe("1");
  await settle();
  end(2);
  expect((await latest)?.uid).toBe("2");
  expect(reads).toHaveLength(3);
});

it("reads other pods by themselves, and begins anew after the last", async () => {
  const { reads, end, reader } = held();
  const both = [reader.read("shop", "a", signal), reader.read("shop", "b", signal)];
  expect(reads).toHaveLength(2);
  end(0);
  end(1);
  await Promise.all(both);
  await settle();
  void reader.read("shop", "a", signal);
  expect(reads).toHaveLength(3);
});

it("is left by who asked, without ending it for others, and survives a failure", async () => {
  const { reads, end, reader } = held();
  const stop = new AbortController();
  const [left, stayed] = [reader.read("shop", "a", stop.signal), reader.read("shop", "a", signal)];
  stop.abort(new Error("gone"));
  await expect(left).rejects.toThrow("gone");
  reads[0]?.reject(new Error("no answer"));
  await settle();
  end(1);
  expect((await stayed)?.uid).toBe("1");
});

describe("begun before it is known who asks", () => {
  const expected = { namespace: "shop", name: "web" };

  it("gives what was begun, with no further read", async () => {
    const { reads, end, reader } = held();
    const begun = reader.begin(expected);
    expect(reads).toHaveLength(1);
    end(0);
    expect((await begun.read("shop", "web", signal))?.uid).toBe("0");
    expect(reads).toHaveLength(1);
  });

  it.each([
    ["shop", "other"],
    ["other", "web"],
  ])("reads %s/%s anew, which is another pod than was claimed", async (namespace, name) => {
    const { reads, end, reader } = held();
    const read = reader.begin(expected).read(namespace, name, signal);
    expect(reads).toHaveLength(2);
    end(0);
    end(1);
    expect((await read)?.uid).toBe("1");
  });

  it("reads only then where nothing is claimed", async () => {
    const { reads, end, reader } = held();
    const begun = reader.begin(undefined);
    expect(reads).toHaveLength(0);
    const read = begun.read("shop", "web", signal);
    end(0);
    expect((await read)?.uid).toBe("0");
  });

  it("fails for who reads it, and for nobody else", async () => {
    const { reads, reader } = held();
    const [used, _unused] = [reader.begin(expected), reader.begin({ ...expected, name: "other" })];
    for (const read of reads) read.reject(new Error("no answer"));
    await settle();
    await expect(used.read("shop", "web", signal)).rejects.toThrow("no answer");
  });
});
