import { getCACertificates, setDefaultCACertificates } from "node:tls";

/** The credentials of tests; moto takes any. */
export const AWS_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "AKIATESTTESTTESTTEST",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: "eu-central-1",
};

/** How clients that are not the provider reach moto. */
export function plainAws(endpoint: string): {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
} {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION,
  } = AWS_ENVIRONMENT;
  return { endpoint, region: AWS_REGION, credentials: { accessKeyId, secretAccessKey } };
}

/** Has this process trust an authority: stores of AWS trust what Node.js does, as NODE_EXTRA_CA_CERTS would add to. */
export function trustEverywhere(ca: string): void {
  const trusted = getCACertificates("default");
  if (!trusted.includes(ca)) setDefaultCACertificates([...trusted, ca]);
}
