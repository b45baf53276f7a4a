import { startAws } from "../../servers/aws.js";

const REGION = "eu-central-1";
const KEY = "AKIATESTTESTTESTTEST";

/** What a controller's environment has, to log in. */
export const AWS_ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: KEY,
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** AWS Secrets Manager as moto has it, written to without the provider. */
export interface SecretsManagerServer {
  readonly address: string;
  /** `spec` of a store there. */
  readonly store: object;
  put(name: string, text: string, tags?: Readonly<Record<string, string>>): Promise<void>;
  remove(name: string): Promise<void>;
  /** All of it is gone. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSecretsManager(): Promise<SecretsManagerServer> {
  const server = await startAws();
  if (server.kind === "unavailable") throw new Error(server.reason);
  const { address } = server;
  const call = async (operation: string, input: object): Promise<Response> => {
    const scope = `${KEY}/20260101/${REGION}/secretsmanager/aws4_request`;
    return fetch(address, {
      method: "POST",
      body: JSON.stringify(input),
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}`,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `secretsmanager.${operation}`,
      },
    });
  };
  const must = async (operation: string, input: object): Promise<void> => {
    const response = await call(operation, input);
    if (!response.ok) throw new Error(`moto answers ${response.status} to ${operation}`);
  };
  return {
    address,
    store: { provider: "secrets-manager", options: { region: REGION, endpoint: address } },
    put: async (Name, SecretString, tags = {}) => {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const created = await call("CreateSecret", { Name, SecretString, Tags });
      if (!created.ok) await must("PutSecretValue", { SecretId: Name, SecretString });
    },
    remove: async (SecretId) => must("DeleteSecret", { SecretId, ForceDeleteWithoutRecovery: true }),
    reset: async () => void (await fetch(`${address}/moto-api/reset`, { method: "POST" })),
    stop: async () => server.stop(),
  };
}

/** The `SecretStore` of External Secrets that leads to a service there, with keys of the Secret `awssm-secret`. */
export function awsStore(name: string, service: "SecretsManager" | "ParameterStore"): string {
  return `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: ${name} }
spec:
  provider:
    aws:
      service: ${service}
      region: ${REGION}
      auth:
        secretRef:
          accessKeyIDSecretRef: { name: awssm-secret, key: access-key }
          secretAccessKeySecretRef: { name: awssm-secret, key: secret-access-key }
`;
}

/** A parameter of Parameter Store there, written to without the provider. */
export async function putParameter(address: string, Name: string, Value: string): Promise<void> {
  const response = await fetch(address, {
    method: "POST",
    body: JSON.stringify({ Name, Value, Type: "SecureString", Overwrite: true }),
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${KEY}/20260101/${REGION}/ssm/aws4_request`,
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonSSM.PutParameter",
    },
  });
  if (!response.ok) throw new Error(`moto answers ${response.status} to PutParameter`);
}
