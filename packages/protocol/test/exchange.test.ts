import { SluiceError } from "@sluice/core";
import {
  askSource,
  type Caller,
  type EnvironmentRequest,
  ENVIRONMENT_PATH,
  LIMITS,
  parseSourceAddress,
  ProblemError,
  type Source,
} from "@sluice/protocol";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createAuthority } from "../../../test/servers/faults/test-authority.js";
import { NAME, openSocket, openSource, REQUEST } from "./source-server.js";

const ANSWER = { protocol: 1, critical: [], env: { A: "SECRET-51c9", B: { base64: "/w==" } }, unset: ["C"] };
const answering: Source = { answer: async () => ANSWER };

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error("It did not fail");
    },
    (thrown: unknown) => thrown,
  );
}

async function problemOf(work: Promise<unknown>): Promise<ProblemError> {
  const thrown = await thrownBy(work);
  if (ProblemError.isInstance(thrown)) return thrown;
  throw new Error("It failed otherwise", { cause: thrown });
}

/** A source that remembers what it was asked, and what it refused. */
function recording(answer: Source["answer"] = async () => ANSWER) {
  const asked: { request: EnvironmentRequest; caller: Caller }[] = [];
  const refused: string[] = [];
  const source: Source = {
    answer: (request, caller) => {
      asked.push({ request, caller });
      return answer(request, caller);
    },
    onRefused: ({ detail }) => refused.push(detail.reason),
  };
  return { source, asked, refused };
}

const post = (body: string, headers = `content-length: ${Buffer.byteLength(body)}`): string =>
  `POST ${ENVIRONMENT_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n${headers}\r\n\r\n${body}`;

describe("asking a source", () => {
  it("gives its answer, and shows it token and request", async () => {
    const { source, asked } = recording();
    await using server = await openSource(source);
    expect(await askSource(server.asking)).toEqual(ANSWER);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      request: REQUEST,
      caller: { token: "a.b.c", remoteAddress: "127.0.0.1" },
    });
  });

  it("works over a Unix socket alike", async () => {
    const { source, asked } = recording();
    await using server = await openSocket(source);
    expect(await askSource(server.asking)).toEqual(ANSWER);
    expect(asked[0]?.caller).not.toHaveProperty("token");
  });

  it("says why there is no environment, and how long to wait", async () => {
    const failures = [{ variable: "A", reference: "secret://prod/a", status: "denied", reason: "forbidden" }];
    const detail = {
      kind: "denied",
      reason: "not-authorized",
      message: "No",
      remedy: "Ask",
      failures,
    } as const;
    await using server = await openSource({ answer: async () => Promise.reject(new ProblemError(detail)) });
    const denied = await problemOf(askSource(server.asking));
    expect([denied.status, denied.detail]).toEqual([403, detail]);

    const busy = { kind: "deadline", reason: "rate", message: "Slower", retryAfterSeconds: 7 } as const;
    await using second = await openSource({ answer: async () => Promise.reject(new ProblemError(busy)) });
    expect((await problemOf(askSource(second.asking))).detail).toEqual(busy);
  });

  it("is told of a bug, and nothing that was in it", async () => {
    const { source, refused } = recording(async () => Promise.reject(new Error("SECRET-51c9")));
    await using server = await openSource(source);
    const { detail, status } = await problemOf(askSource(server.asking));
    expect([status, detail.kind, detail.reason]).toEqual([500, "bug", "internal"]);
    expect(JSON.stringify(detail)).not.toContain("SECRET-51c9");
    expect(refused).toEqual(["internal"]);
  });

  it("aborts what it asked for when it goes", async () => {
    const gone = Promise.withResolvers<void>();
    const came = Promise.withResolvers<void>();
    const { source } = recording((_, { signal }) => {
      came.resolve();
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          gone.resolve();
          reject(new Error("gone"));
        });
      });
    });
    await using server = await openSource(source);
    const stop = new AbortController();
    const asked = thrownBy(askSource(server.asking, stop.signal));
    await came.promise;
    stop.abort();
    expect(await asked).toMatchObject({ name: "AbortError" });
    await gone.promise;
  });

  it("trusts the roots of the plan only, for the name of the plan only, and while it is valid", async () => {
    const other = await createAuthority("Another authority");
    await using server = await openSource(answering);
    const unknown = { ...server.asking, trust: { serverName: NAME, roots: other.ca } };
    expect(await thrownBy(askSource(unknown))).toMatchObject({
      code: expect.stringMatching(/^(UNABLE_TO|SELF_SIGNED|DEPTH)/),
    });
    await using renamed = await openSource(answering, { name: "other.svc" });
    expect(await thrownBy(askSource(renamed.asking))).toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    await using old = await openSource(answering, { expired: true });
    expect(await thrownBy(askSource(old.asking))).toMatchObject({ code: "CERT_HAS_EXPIRED" });
  });

  it("refuses what is not of the protocol, without quoting it", async () => {
    for (const answer of [
      { ...ANSWER, protocol: 2 },
      { ...ANSWER, critical: ["later"] },
      { ...ANSWER, env: { SLUICE_PLAN: "SECRET-51c9" } },
      { ...ANSWER, env: { A: 51 } },
      { ...ANSWER, env: { A: { base64: "not base64" } } },
    ]) {
      await using server = await openSocket({ answer: async () => answer as typeof ANSWER });
      const thrown = await thrownBy(askSource(server.asking));
      expect(SluiceError.isInstance(thrown) && thrown.code).toBe("SLU5002");
      expect(String(thrown)).not.toContain("SECRET-51c9");
    }
  });

  it("3.3 refuses an answer that ends early, however its end was to be told", async () => {
    for (const headers of ["content-length: 100", "transfer-encoding: chunked"]) {
      const cut = createServer((socket) => {
        socket.once("data", () => {
          socket.end(
            `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${headers.includes("chunked") ? "5\r\n" : ""}{"pro`,
          );
        });
        socket.on("error", () => undefined);
      });
      const folder = await mkdtemp(join(tmpdir(), "sluice-cut-"));
      await new Promise<void>((resolve) => void cut.listen(join(folder, "s.sock"), resolve));
      const address = parseSourceAddress(`unix:${join(folder, "s.sock")}`);
      const thrown = await thrownBy(askSource({ address, request: REQUEST }));
      expect(SluiceError.isInstance(thrown)).toBe(false);
      expect(thrown).toBeInstanceOf(Error);
      await new Promise((resolve) => void cut.close(resolve));
      await rm(folder, { recursive: true });
    }
  });

  it("speaks no TLS before 1.3", async () => {
    await using server = await openSource(answering, { tls: "TLSv1.2" });
    expect(await thrownBy(askSource(server.asking))).toMatchObject({ code: "EPROTO" });
  });

  it("refuses an answer that is too large", async () => {
    const env = { A: "x".repeat(LIMITS.answerBytes) };
    await using server = await openSocket({ answer: async () => ({ ...ANSWER, env }) });
    expect(String(await thrownBy(askSource(server.asking)))).toContain("larger than");
  });
});

describe("a source", () => {
  it.each([
    ["another path", "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", 404, "unknown-path"],
    [
      "another method",
      `GET ${ENVIRONMENT_PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      405,
      "wrong-method",
    ],
    ["another type", post("{}").replace("application/json", "text/plain"), 415, "wrong-content-type"],
    ["what is not JSON", post("{"), 400, "malformed-request"],
    ["what is not UTF-8", post("\u00ff", "content-length: 1"), 400, "broken-body"],
    ["another shape", post("{}"), 400, "malformed-request"],
    ["a nonce that is none", post(JSON.stringify({ ...REQUEST, nonce: "1" })), 400, "malformed-request"],
    ["a later protocol", post(JSON.stringify({ ...REQUEST, protocol: 2 })), 422, "protocol-too-new"],
    ["a body said to be too large", post("", "content-length: 262145"), 413, "oversized-body"],
    [
      "a body that is too large",
      post(`40001\r\n${"x".repeat(0x40001)}\r\n0\r\n\r\n`, "transfer-encoding: chunked"),
      413,
      "oversized-body",
    ],
  ])("2.3 refuses %s, tells its owner, and is asked nothing", async (_, bytes, status, reason) => {
    const { source, asked, refused } = recording();
    await using server = await openSocket(source);
    const heard = await server.say(bytes);
    expect(heard).toContain(`HTTP/1.1 ${status} `);
    expect(heard).toContain(`"reason":"${reason}"`);
    expect(refused).toEqual([reason]);
    expect(asked).toEqual([]);
  });

  it("2.3 refuses a body that is not sent in time", async () => {
    const { source, refused } = recording();
    await using server = await openSocket(source);
    const heard = await server.say(post("{", "content-length: 100"));
    expect(heard).toContain("HTTP/1.1 400 ");
    expect(heard).toContain('"reason":"slow-body"');
    expect(refused).toEqual(["slow-body"]);
  });

  it("2.5 takes a bearer token of 16,384 characters, and of a larger one nothing", async () => {
    const { source, asked } = recording();
    await using server = await openSource(source);
    for (const size of [16_384, 16_385])
      await askSource({ ...server.asking, token: "x".repeat(size) }).catch(() => undefined);
    expect(asked.map(({ caller }) => caller.token?.length)).toEqual([16_384, undefined]);
  });

  it("closes a connection whose request it has not read to its end", async () => {
    const { source } = recording();
    await using server = await openSocket(source);
    const kept = post("", "content-length: 300000").replace("connection: close\r\n", "");
    const heard = await server.say(kept);
    expect(heard).toContain("HTTP/1.1 413 ");
    expect(heard.toLowerCase()).toContain("connection: close");
  });

  it("lets nobody keep what it answers", async () => {
    await using server = await openSocket(answering);
    const heard = await server.say(post(JSON.stringify(REQUEST)));
    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
    expect(heard.toLowerCase()).toContain("cache-control: no-store");
  });

  it("8.3 says whether it is ready, and no more", async () => {
    const ready = "GET /v1/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    await using server = await openSocket(answering);
    expect(await server.say(ready)).toContain("HTTP/1.1 200 ");
    await using waiting = await openSocket({ ...answering, isReady: () => false });
    const heard = await waiting.say(ready);
    expect(heard).toContain("HTTP/1.1 503 ");
    const [, body = ""] = heard.split("\r\n\r\n");
    expect(JSON.parse(body)).toEqual({
      protocol: 1,
      error: { kind: "unavailable", reason: "not-ready", message: "The source cannot answer at present" },
    });
  });
});
