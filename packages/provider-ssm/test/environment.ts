/** The credentials of tests; moto takes any. */
export const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "AKIATESTTESTTESTTEST",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: "eu-central-1",
};
