/** A name of the same form whose last digit is another: a version or a lease that nobody was given. */
export function unknownLike(name: string): string {
  const other = name.replace(/\d(?=\D*$)/, (digit) => `${(Number(digit) + 5) % 10}`);
  return other === name ? `${name}0` : other;
}
