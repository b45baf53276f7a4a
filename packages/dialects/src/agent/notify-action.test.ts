import { expect, it } from "vitest";
import { knownCommand } from "./notify-action.js";

it.each<readonly [string, unknown]>([
  ["pkill -HUP nginx", { do: "signal", signal: "SIGHUP", process: "nginx" }],
  ["pkill -SIGUSR1 -x app", { do: "signal", signal: "SIGUSR1", process: "app" }],
  ["killall -s HUP nginx || true", { do: "signal", signal: "SIGHUP", process: "nginx" }],
  ["kill -HUP $(pidof vault-app)", { do: "signal", signal: "SIGHUP", process: "vault-app" }],
  ["kill -s TERM `pidof app`", { do: "signal", signal: "SIGTERM", process: "app" }],
  [
    "curl -s -X POST http://localhost:80/a?b=c",
    { do: "http", method: "POST", url: "http://localhost:80/a?b=c" },
  ],
  [
    "wget -qO- http://127.0.0.1:8080/r > /dev/null",
    { do: "http", method: "GET", url: "http://127.0.0.1:8080/r" },
  ],
  ["touch  /tmp/reload", { do: "touch", path: "/tmp/reload" }],
])("%s is done without a shell", (text, action) => {
  expect(knownCommand(text)).toEqual(action);
});

it.each([
  "kill -HUP 1",
  "pkill -KILL app",
  "pkill -HUP app; rm -rf /",
  "curl http://localhost/$(cat /etc/passwd)",
  "curl https://localhost/",
  "touch /tmp/a /tmp/b",
  "touch ../x",
])("%s is left to a shell", (text) => {
  expect(knownCommand(text)).toBeUndefined();
});
