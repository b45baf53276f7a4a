import { makeMember, type MemberTask } from "../families/make-member.js";
import { move } from "piscina";

/** What a thread of the pool does: makes one member, and hands its bytes over without a copy of them staying. */
export async function makeInWorker(task: MemberTask): Promise<Uint8Array | undefined> {
  try {
    const bytes = await makeMember(task);
    return move(bytes) as unknown as Uint8Array;
  } catch {
    // The error may quote the key, so that it stays in this thread.
    return undefined;
  }
}
