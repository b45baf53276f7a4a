import type { PipelineRequest, PipelineResponse, SendRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { firstCallAlone } from "./first-call-alone.js";

/** A vault that answers when it is told to. */
function vault() {
  const asked: { url: string; answer: () => void; fail: (error: Error) => void }[] = [];
  const next: SendRequest = (request) =>
    new Promise((resolve, reject) => {
      asked.push({ url: request.url, answer: () => resolve({} as PipelineResponse), fail: reject });
    });
  return { asked, next, urls: () => asked.map(({ url }) => url) };
}

const request = (url: string, abortSignal?: AbortSignal) =>
  ({ url, abortSignal }) as unknown as PipelineRequest;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the first call of a client", () => {
  it.each(["is answered", "fails"])("goes alone until it %s, and then all go at once", async (end) => {
    const { asked, next, urls } = vault();
    const policy = firstCallAlone();
    const sent = ["a", "b", "c"].map((url) => policy.sendRequest(request(url), next));
    const first = sent[0]?.catch(() => undefined);
    await turn();
    expect(urls()).toEqual(["a"]);
    if (end === "fails") asked[0]?.fail(new Error("lost"));
    else asked[0]?.answer();
    await first;
    await turn();
    expect(urls()).toEqual(["a", "b", "c"]);
    void policy.sendRequest(request("d"), next);
    expect(urls()).toEqual(["a", "b", "c", "d"]);
    for (const { answer } of asked) answer();
    await Promise.all(sent.slice(1));
  });

  it("is not waited for by one that is aborted", async () => {
    const { asked, next, urls } = vault();
    const policy = firstCallAlone();
    const first = policy.sendRequest(request("a"), next);
    const stop = new AbortController();
    const second = policy.sendRequest(request("b", stop.signal), next);
    stop.abort(new Error("enough"));
    await expect(second).rejects.toThrow("enough");
    asked[0]?.answer();
    await first;
    expect(urls()).toEqual(["a"]);
  });
});
