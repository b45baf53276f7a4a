/** Credentials that moto takes, and nobody else. */
export const MOTO_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "AKIATESTTESTTESTTEST",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
};
export const MOTO_REGION = "eu-central-1";

/** A call without the SDK: moto takes any signature. */
export async function callMoto(
  address: string,
  service: { readonly name: string; readonly target: string },
  operation: string,
  input: object,
): Promise<Response> {
  const scope = `${MOTO_ENVIRONMENT.AWS_ACCESS_KEY_ID}/20260101/${MOTO_REGION}/${service.name}/aws4_request`;
  return fetch(address, {
    method: "POST",
    body: JSON.stringify(input),
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}`,
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `${service.target}.${operation}`,
    },
  });
}
