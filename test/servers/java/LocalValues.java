import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.Scanner;

/** Reads lines TYPE BITS SEED, the seed as x and its UTF-16 in hex; writes the hash of each and its value in base64. */
class LocalValues {
  static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  public static void main(String[] arguments) {
    Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8);
    while (lines.hasNext()) {
      boolean isPassword = lines.next().equals("PASSWORD");
      int bits = lines.nextInt();
      String seed = text(lines.next().substring(1));
      byte[] bytes = new byte[isPassword ? bits : bits / 8];
      new Random(seed.hashCode()).nextBytes(bytes);
      byte[] value = isPassword ? digits(bytes).substring(0, bits / 8).getBytes(StandardCharsets.UTF_8) : bytes;
      System.out.println(seed.hashCode() + " " + Base64.getEncoder().encodeToString(value));
    }
  }

  /** Half of a pair stays what it is, as no decoder leaves it. */
  static String text(String hex) {
    StringBuilder result = new StringBuilder();
    for (int at = 0; at < hex.length(); at += 4) result.append((char) HexFormat.fromHexDigits(hex, at, at + 4));
    return result.toString();
  }

  static String digits(byte[] bytes) {
    BigInteger number = new BigInteger(1, bytes);
    StringBuilder result = new StringBuilder();
    do {
      BigInteger[] parts = number.divideAndRemainder(BigInteger.valueOf(DIGITS.length()));
      result.append(DIGITS.charAt(parts[1].intValue()));
      number = parts[0];
    } while (number.signum() > 0);
    return result.reverse().toString();
  }
}
