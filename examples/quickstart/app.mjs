// Any program: it reads its environment and knows nothing of Sluice.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

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

// Some programs read files instead.
const showFile = (file) => console.log(`app: ${file} sha256 ${fingerprint(readFileSync(file))}…`);
const { TOKEN_FILE, FRESH_FILE, RELOAD_PORT } = process.env;
for (const file of [TOKEN_FILE, FRESH_FILE]) if (file) showFile(file);

// And some stay, and are told when a file has changed.
if (RELOAD_PORT) {
  const server = createServer((_, response) => {
    console.log("app: told that a file has changed");
    showFile(FRESH_FILE);
    response.end();
  });
  server.listen(Number(RELOAD_PORT), "127.0.0.1", () => console.log(`app: listening for that`));
  process.once("SIGTERM", () => process.exit());
}
