// Any program: it reads its environment and knows nothing of Sluice.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const fingerprint = (value) => createHash("sha256").update(value).digest("hex").slice(0, 12);

console.log(`app: my process id is ${process.pid}`);
for (const name of ["API_TOKEN", "DATABASE_URL", "LOG_LEVEL"]) {
  const value = process.env[name];
  if (value === undefined || value.includes("secret://")) {
    console.error(`app: ${name} is missing or was not filled`);
    process.exit(1);
  }
  console.log(
    `app: ${name.padEnd(12)} ${String(value.length).padStart(3)} characters, sha256 ${fingerprint(value)}…`,
  );
}

// Some programs read a file instead.
const file = process.env["TOKEN_FILE"];
if (file) console.log(`app: ${file} sha256 ${fingerprint(readFileSync(file))}…`);
