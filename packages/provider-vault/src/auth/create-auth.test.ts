import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { VaultReply, VaultRequest } from "../transport/vault-reply.js";
import type { VaultAuth } from "../vault-options.js";
import { createAuth } from "./create-auth.js";

const never = new AbortController().signal;
const AUTH = { auth: { client_token: "issued", lease_duration: 60, renewable: true } };

async function logInWith(auth: VaultAuth, reply: VaultReply = { status: 200, body: AUTH }) {
  const baseDirectory = await mkdtemp(join(tmpdir(), "sluice-auth-"));
  onTestFinished(async () => rm(baseDirectory, { recursive: true }));
  await writeFile(join(baseDirectory, "credential"), " canary-credential\n");
  await writeFile(join(baseDirectory, "empty"), "\n");
  const asked: VaultRequest[] = [];
  const call = async (request: VaultRequest): Promise<VaultReply> => (asked.push(request), reply);
  const method = createAuth(auth, {
    store: "s",
    baseDirectory,
    environment: { VAULT_TOKEN: "v", OTHER: "o" },
  });
  return { method, asked, call, result: method.login(call, never) };
}

describe("createAuth", () => {
  it.each([
    [
      { kubernetes: { role: "r", tokenPath: "credential" } },
      "auth/kubernetes/login",
      { role: "r", jwt: "canary-credential" },
    ],
    [
      { jwt: { role: "r", mount: "oidc", tokenFile: "credential" } },
      "auth/oidc/login",
      { role: "r", jwt: "canary-credential" },
    ],
    [
      { approle: { roleId: "id", secretIdFile: "credential" } },
      "auth/approle/login",
      { role_id: "id", secret_id: "canary-credential" },
    ],
    [
      { approle: { roleIdFile: "credential", secretIdFile: "credential" } },
      "auth/approle/login",
      { role_id: "canary-credential", secret_id: "canary-credential" },
    ],
    [
      { userpass: { username: "a/b", passwordFile: "credential" } },
      "auth/userpass/login/a%2Fb",
      { password: "canary-credential" },
    ],
    [{ cert: { certFile: "c", keyFile: "k", role: "r" } }, "auth/cert/login", { name: "r" }],
  ] as const)("logs in with %j", async (auth, path, body) => {
    const { asked, result } = await logInWith(auth);
    expect(await result).toEqual({ token: "issued", ttlMs: 60_000, renewable: true, ours: true });
    expect(asked).toMatchObject([{ method: "POST", path, body }]);
  });

  it.each([
    [{ token: {} }, "v"],
    [{ token: { tokenVariable: "OTHER" } }, "o"],
    [{ token: { tokenFile: "credential" } }, "canary-credential"],
  ] as const)("finds the token of %j", async (auth, token) => {
    const { asked, result } = await logInWith(auth);
    expect(await result).toEqual({ token, ttlMs: 0, renewable: false, ours: false });
    expect(asked).toEqual([]);
  });

  it.each([
    [{ token: { tokenVariable: "NOT_SET" } }, "no-token"],
    [{ token: { tokenFile: "missing" } }, "ENOENT"],
    [{ token: { tokenFile: "empty" } }, "credential-file"],
  ] as const)("says what is wrong with %j", async (auth, reason) => {
    const { result } = await logInWith(auth);
    await expect(result).rejects.toMatchObject({ failure: { status: "invalid", reason } });
  });

  it.each([
    [400, "denied"],
    [403, "denied"],
    [404, "denied"],
    [429, "throttled"],
    [503, "unavailable"],
  ])("takes HTTP %d at the login for %s, never for an absent secret", async (status, expected) => {
    const body = { errors: ["canary-credential"] };
    const { result } = await logInWith({ jwt: { role: "r", tokenFile: "credential" } }, { status, body });
    const [settled] = await Promise.allSettled([result]);
    expect(settled).toMatchObject({ status: "rejected", reason: { failure: { status: expected } } });
    expect(JSON.stringify(settled)).not.toContain("canary");
  });

  it("asks a workload's token for the configured audience", async () => {
    const auth = { kubernetes: { role: "r", audience: "us" } };
    const { method, asked, call, result } = await logInWith(auth);
    await Promise.allSettled([result]);
    const getToken = async (audience: string): Promise<string> => `token for ${audience}`;
    await method
      .onBehalfOf?.({ kind: "delegated", cacheKey: "w", subject: "w", getToken })
      .login(call, never);
    expect(asked.at(-1)?.body).toEqual({ role: "r", jwt: "token for us" });
  });
});
