import { NOTIFY_SIGNALS, type PlannedNotify } from "@sluice/core/plan";

const SIGNALS = NOTIFY_SIGNALS.map((name) => name.slice(3)).join("|");

const SIGNALLING: readonly RegExp[] = [
  new RegExp(
    `^(?:pkill|killall) -(?:s |-signal[ =])?(?:SIG)?(?<signal>${SIGNALS})(?: -x)? (?<process>[\\w.-]{1,15})$`,
  ),
  new RegExp(
    `^kill -(?:s )?(?:SIG)?(?<signal>${SIGNALS}) (?:\\$\\(|\`)pid(?:of|of -s) (?<process>[\\w.-]{1,15})[)\`]$`,
  ),
];

const CURL =
  /^curl(?<options>(?: -[sSf]+| --silent| --fail)*)(?: -X ?(?<method>GET|POST|PUT))? ['"]?(?<url>http:\/\/[^\s'"\\$`]+)['"]?$/;
const WGET = /^wget(?: -q| -O ?-| -qO ?-| -O ?\/dev\/null)* ['"]?(?<url>http:\/\/[^\s'"\\$`]+)['"]?$/;
const TOUCH = /^touch ['"]?(?<path>\/[\w./-]+)['"]?$/;

/**
 * Reads a command that an agent's notation runs after a file was written. What such commands mostly are is done
 * without a shell, which the agent's image has no more than `pkill` and `curl`; `undefined` for any other.
 */
export function knownCommand(text: string): PlannedNotify | undefined {
  const command = text
    .trim()
    .replaceAll(/\s+/g, " ")
    .replace(/ (?:\|\| true|> ?\/dev\/null(?: 2>&1)?)$/, "");
  for (const pattern of SIGNALLING) {
    const { signal, process } = pattern.exec(command)?.groups ?? {};
    if (signal !== undefined && process !== undefined)
      return { do: "signal", signal: `SIG${signal}`, process };
  }
  const curl = CURL.exec(command)?.groups;
  const url = curl?.["url"] ?? WGET.exec(command)?.groups?.["url"];
  if (url !== undefined) return { do: "http", method: (curl?.["method"] ?? "GET") as "GET", url };
  const path = TOUCH.exec(command)?.groups?.["path"];
  return path === undefined ? undefined : { do: "touch", path };
}

/** Anything else, for a shell. */
export function shellCommand(text: string): PlannedNotify {
  return { do: "command", command: ["/bin/sh", "-c", text] };
}
