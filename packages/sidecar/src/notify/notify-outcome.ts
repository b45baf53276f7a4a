/** Why an app was not told: a word and what people read. Never what a program printed or a server answered. */
export interface NotTold {
  readonly reason: string;
  /** Whether trying again may help. */
  readonly isPassing: boolean;
}

export const passing = (reason: string): NotTold => ({ reason, isPassing: true });
export const final = (reason: string): NotTold => ({ reason, isPassing: false });
