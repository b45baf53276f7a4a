import type { MemberTask } from "../families/make-member.js";

/** Makes members of families. Dispose it to end its threads. */
export interface KeyMaker extends AsyncDisposable {
  /**
   * The bytes of one member, as {@link makeMember} makes them. Rejects with the signal's reason when that aborts.
   *
   * @throws KeyMakerError when its source is not what it ought to be
   */
  make(task: MemberTask, signal: AbortSignal): Promise<Uint8Array>;
}

/** A member cannot be made from the one it follows from. Nothing of the value is in it. */
export class KeyMakerError extends Error {
  override readonly name = "KeyMakerError";

  constructor() {
    super("The member that another is to be made from is not what it ought to be");
  }
}
