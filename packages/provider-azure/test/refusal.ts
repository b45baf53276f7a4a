/** An answer as Key Vault refuses with, as a fault of the emulator. */
export function refusal(status: number, code: string, inner?: string): { status: number; body: object } {
  const message = `canary-message of ${code}`;
  const error = { code, message, ...(inner !== undefined && { innererror: { code: inner } }) };
  return { status, body: { error } };
}
