const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** A quantity of Kubernetes in MiB, rounded up; `undefined` where it is none. */
export function mebibytes(quantity: string | undefined): number | undefined {
  const [, amount, unit = ""] = /^([\d.]+)([a-zA-Z]{0,2})$/.exec(quantity ?? "") ?? [];
  const factor = UNITS[unit];
  return amount === undefined || factor === undefined
    ? undefined
    : Math.ceil((Number(amount) * factor) / 2 ** 20);
}
