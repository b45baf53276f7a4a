import { request } from "node:https";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Ajv, type ValidateFunction } from "ajv";
import { startKubernetes } from "../../../test/servers/kubernetes.js";

/** What is wrong with a pod by the API server's own description of pods; `undefined` where nothing is. */
export type PodCheck = (pod: unknown) => string | undefined;

const POD = "#/components/schemas/io.k8s.api.core.v1.Pod";

/** Asks an API server how it describes pods. `undefined` where there can be none, which is said loudly. */
export async function serverPodCheck(): Promise<PodCheck | undefined> {
  const cluster = await startKubernetes();
  if (cluster.kind === "unavailable") {
    process.stderr.write(`\nSKIPPED: pods are not held against the server's OpenAPI: ${cluster.reason}\n\n`);
    return undefined;
  }
  try {
    const asked = request(`${cluster.address}/openapi/v3/api/v1`, {
      ca: cluster.caCert,
      headers: { authorization: `Bearer ${cluster.adminToken}` },
    });
    asked.end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    const text = Buffer.concat((await response.toArray()) as Buffer[]).toString();
    if (response.statusCode !== 200) throw new Error(`The API server answered ${response.statusCode}`);
    return checkOf(JSON.parse(text) as OpenApi);
  } finally {
    await cluster.stop();
  }
}

interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

function checkOf({ components }: OpenApi): PodCheck {
  const schemas = Object.fromEntries(
    Object.entries(components.schemas).map(([name, schema]) => [name, closed(schema)]),
  );
  // Its formats name types of Go, which JSON Schema does not know.
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false });
  const validate: ValidateFunction = ajv.compile({ components: { schemas }, $ref: POD });
  return (pod) => {
    if (validate(pod)) return undefined;
    const [error] = validate.errors ?? [];
    return `${error?.instancePath} ${error?.message} ${JSON.stringify(error?.params)}`;
  };
}

/** An object has no members but those that are described, as the API server sees it with strict validation. */
function closed(schema: Readonly<Record<string, unknown>>): object {
  return "properties" in schema ? { ...schema, additionalProperties: false } : schema;
}
