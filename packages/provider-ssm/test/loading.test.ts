import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const SCRIPT = `
  import { registerHooks } from "node:module";
  const loaded = [];
  registerHooks({ resolve: (name, context, next) => (loaded.push(name), next(name, context)) });
  const { ssm, secretsManager } = await import("@sluice/provider-ssm");
  const dependencies = { store: "test", baseDirectory: "/", environment: { AWS_REGION: "eu-central-1" } };
  for (const provider of [ssm, secretsManager]) {
    const store = provider({ endpoint: "http://127.0.0.1:1" }).create(dependencies);
    await store[Symbol.asyncDispose]();
  }
  const sdk = () => loaded.filter((name) => /^@(aws-sdk|smithy)/.test(name));
  console.log(JSON.stringify(sdk()));
  const store = ssm({ endpoint: "http://127.0.0.1:1" }).create(dependencies);
  const context = { signal: new AbortController().signal, deadline: Date.now() + 9000, identity: { kind: "self" } };
  await store.delete({ path: "x" }, context);
  console.log(JSON.stringify(sdk().includes("@aws-sdk/client-ssm")));
  console.log(JSON.stringify(sdk().includes("@aws-sdk/client-secrets-manager")));
`;

it("loads the SDK with the first call, and only that of the service called", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", SCRIPT.replace("@sluice/provider-ssm", PACKAGE)],
    { cwd: import.meta.dirname, env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true" } },
  );
  expect(stdout.trim().split("\n")).toEqual(["[]", "true", "false"]);
});

const PACKAGE = new URL("../dist/index.js", import.meta.url).href;
