import { randomUUID } from "node:crypto";
import { SSM } from "@aws-sdk/client-ssm";
import { ssm } from "@sluice/provider-ssm";
import { startAws } from "../../servers/aws.js";
import { answerJson } from "../../servers/faults/call.js";
import type { OpenFaultSubject } from "../fault-subject.js";
import { AWS_ENVIRONMENT, plainAws, trustEverywhere } from "./aws-environment.js";

/** Parameter Store, on moto. */
export const openSsm: OpenFaultSubject = async () => {
  const server = await startAws();
  if (server.kind === "unavailable") return server;
  const aws = new SSM(plainAws(server.address));
  const root = `/${randomUUID()}`;
  return {
    kind: "running",
    server,
    store: (endpoint, ca) => {
      trustEverywhere(ca);
      return ssm({ endpoint });
    },
    environment: AWS_ENVIRONMENT,
    path: (label) => `${root}/${label}`,
    write: async (Name, Value) =>
      void (await aws.putParameter({ Name, Value, Type: "SecureString", Overwrite: true })),
    isRead: ({ headers }) => headers["x-amz-target"] === "AmazonSSM.GetParameters",
    expired: answerJson(400, { __type: "ExpiredTokenException", message: "The security token has expired" }),
    throttled: answerJson(400, { __type: "ThrottlingException", message: "Rate exceeded" }),
    [Symbol.asyncDispose]: async () => {
      aws.destroy();
      await server.stop();
    },
  };
};
