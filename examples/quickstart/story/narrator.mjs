// What the demo says, and how it keeps saying something while something takes long.
const HEARTBEAT_MS = 5_000;

/** Whether colours are wanted: on a terminal, unless NO_COLOR says otherwise. */
export const isColoured = process.stdout.isTTY && !process.env["NO_COLOR"];

let chapters = 0;

export function chapter(title) {
  chapters += 1;
  console.log(`\n── ${chapters}. ${title}`);
}

/** Lines of a paragraph. */
export function say(...lines) {
  for (const line of lines) console.log(line);
}

/** Waits for `work`, and says every 5 seconds that it does. */
export async function patiently(what, work) {
  const startedAt = Date.now();
  const timer = setInterval(() => {
    console.log(`   … ${what}, ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }, HEARTBEAT_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
