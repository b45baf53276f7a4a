/** The value that this part of all values is not above. */
export function quantile(values, part) {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * part) - 1)];
}

export const median = (values) => quantile(values, 0.5);
