import { KeptLogins, type IssuedLogin } from "./kept-logins.js";
import { LoginFailure } from "./login-failure.js";
import type { RegistryLoginSource } from "./registry-login.js";

/**
 * `ACCOUNT.dkr.ecr.REGION.DOMAIN`, where the domain is one of AWS's own: whatever region a pod's author writes, nobody
 * else is asked. Source of the form: the ECR credential provider of github.com/kubernetes/cloud-provider-aws.
 */
const HOST =
  /^\d{12}\.dkr[.-]ecr(?<fips>-fips)?\.(?<region>[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.com\.cn)|c2s\.ic\.gov|sc2s\.sgov\.gov)$/;

const FIPS = " (FIPS)";

/**
 * Logins for private registries of Amazon ECR, by the SDK's own chain of credentials: IRSA, EKS Pod Identity,
 * environment, instance. One counts for a region. Its environment variables lead it, `AWS_ENDPOINT_URL_ECR` too.
 */
export function ecrLogins(): RegistryLoginSource {
  const kept = new KeptLogins({
    problem: (key) => `AWS gives no login for its registries in ${key}`,
    remedy:
      "Give the service account of this process a role (IRSA or EKS Pod Identity) that may ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer, and a way to ECR's endpoint",
  });
  return {
    loginFor: async (registry, signal) => {
      const { region, fips } = HOST.exec(registry)?.groups ?? {};
      if (region === undefined) return undefined;
      const useFips = fips !== undefined;
      return kept.loginOf(
        `${region}${useFips ? FIPS : ""}`,
        async (until) => issue(region, useFips, until),
        signal,
      );
    },
  };
}

async function issue(region: string, useFips: boolean, signal: AbortSignal): Promise<IssuedLogin> {
  const { ECRClient, GetAuthorizationTokenCommand } = await import("@aws-sdk/client-ecr");
  const client = new ECRClient({
    region,
    ...(useFips && { useFipsEndpoint: true }),
    // Asked again with the next pod.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  try {
    const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal: signal });
    const [data] = answer.authorizationData ?? [];
    const text = Buffer.from(data?.authorizationToken ?? "", "base64").toString();
    const [, username, password] = /^([^:]+):(.+)$/s.exec(text) ?? [];
    if (username === undefined || password === undefined) throw new LoginFailure("NoAuthorizationToken");
    return { login: { username, password }, endsAt: data?.expiresAt?.getTime() ?? 0 };
  } finally {
    client.destroy();
  }
}
