import { createObject, KubernetesClient } from "@sluice/kubernetes";
import {
  createImageCommands,
  createRegistryClient,
  parseDockerConfig,
  registryCommands,
  type RegistryCommandsOptions,
} from "@sluice/webhook/images";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeOnKubernetes } from "../../../test/servers/kubernetes-suite.js";
import { pushImage, REGISTRY_USER } from "../../../test/servers/registry/push-image.js";
import { type RunningRegistry, startRegistry } from "../../../test/servers/registry/registry.js";

const { signal } = new AbortController();
const calm = { signal };

await describeOnKubernetes("what a container starts, with the logins that its pod has", ({ kubeconfig }) => {
  const client = new KubernetesClient({ kubeconfig, environment: {} });
  let registry: RunningRegistry;
  beforeAll(async () => {
    const started = await startRegistry(REGISTRY_USER);
    if (started.kind === "unavailable") throw new Error(started.reason);
    registry = started;
    await pushImage(registry.host, "acme/web", "1", { Entrypoint: ["/web"], Cmd: ["--serve"] });
    await pushImage(registry.host, "acme/empty", "1", {});
    const v1 = (kind: string, name: string) => ({ apiVersion: "v1", kind, metadata: { name } });
    await createObject(client, { version: "v1", plural: "namespaces" }, v1("Namespace", "shop"), calm);
    const secrets = { version: "v1", plural: "secrets", namespace: "shop" };
    for (const [name, password] of Object.entries({ right: REGISTRY_USER.password, wrong: "another" }))
      await createObject(client, secrets, { ...v1("Secret", name), ...pullSecret(password) }, calm);
    const accounts = { version: "v1", plural: "serviceaccounts", namespace: "shop" };
    for (const [name, secret] of Object.entries({ opens: "right", default: "wrong" })) {
      const account = { ...v1("ServiceAccount", name), imagePullSecrets: [{ name: secret }] };
      await createObject(client, accounts, account, calm);
    }
  });
  afterAll(async () => {
    await registry?.stop();
    client[Symbol.dispose]();
  });

  const config = (password: string): string =>
    JSON.stringify({ auths: { [registry.host]: { username: REGISTRY_USER.name, password } } });
  const pullSecret = (password: string) => ({
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": Buffer.from(config(password)).toString("base64") },
  });
  const ask = async (image: string, spec: object, more: Partial<RegistryCommandsOptions> = {}) => {
    const images = createImageCommands({ client: createRegistryClient({ insecure: [registry.host] }) });
    const container = { name: "web", image: `${registry.host}/${image}` };
    const pod = { spec: { containers: [container], ...spec } };
    return registryCommands({ images, client, ...more }).commandOf(container, pod, "shop", signal);
  };
  const COMMAND = { entrypoint: ["/web"], cmd: ["--serve"] };

  it("is told with a Secret of the pod, whichever of several fits", async () => {
    const imagePullSecrets = [{ name: "gone" }, { name: "wrong" }, { name: "right" }];
    expect(await ask("acme/web:1", { imagePullSecrets })).toEqual(COMMAND);
  });

  it("is told with a Secret of its service account", async () => {
    expect(await ask("acme/web:1", { serviceAccountName: "opens" })).toEqual(COMMAND);
  });

  it("is told with a login of the operator's", async () => {
    const ownLogins = async () => parseDockerConfig(config(REGISTRY_USER.password));
    expect(await ask("acme/web:1", {}, { ownLogins })).toEqual(COMMAND);
  });

  it("is not told without, and says why, and what to do", async () => {
    const told = await ask("acme/web:1", {});
    expect(told).toEqual({
      problem: expect.stringMatching(/^Container "web" has no command.*refuses acme\/web/),
      remedy: expect.stringContaining("sluice.dev/command-web"),
    });
    expect(JSON.stringify(told)).not.toContain("another");
  });

  it("is not told of an image that starts nothing", async () => {
    expect(await ask("acme/empty:1", { serviceAccountName: "opens" })).toMatchObject({
      problem: expect.stringContaining("starts nothing by itself"),
    });
  });
});
