import { randomUUID } from "node:crypto";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { secretsManager } from "@sluice/provider-ssm";
import { startAws } from "../../servers/aws.js";
import { answerJson } from "../../servers/faults/call.js";
import type { OpenFaultSubject } from "../fault-subject.js";
import { AWS_ENVIRONMENT, plainAws, trustEverywhere } from "./aws-environment.js";

/** Secrets Manager, on moto. */
export const openSecretsManager: OpenFaultSubject = async () => {
  const server = await startAws();
  if (server.kind === "unavailable") return server;
  const aws = new SecretsManager(plainAws(server.address));
  const root = randomUUID();
  return {
    kind: "running",
    server,
    store: (endpoint, ca) => {
      trustEverywhere(ca);
      return secretsManager({ endpoint });
    },
    environment: AWS_ENVIRONMENT,
    path: (label) => `${root}/${label}`,
    write: async (Name, SecretString) => void (await aws.createSecret({ Name, SecretString })),
    isRead: ({ headers }) => String(headers["x-amz-target"]).endsWith("GetSecretValue"),
    expired: answerJson(400, { __type: "ExpiredTokenException", message: "The security token has expired" }),
    throttled: answerJson(400, { __type: "ThrottlingException", message: "Rate exceeded" }),
    [Symbol.asyncDispose]: async () => {
      aws.destroy();
      await server.stop();
    },
  };
};
