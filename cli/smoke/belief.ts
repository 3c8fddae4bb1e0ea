// What is believed of AWS and was never tried there; and what a step sees of it.

/** A sentence of the documentation that says so. */
export interface Quote {
  /** `limits.md` */
  readonly page: string;
  /** Word for word, but for line ends: a test looks for it. */
  readonly text: string;
}

export interface Belief {
  /** `queues/order`: its step, and its name there. */
  readonly id: string;
  /** One plain sentence. */
  readonly says: string;
  readonly quotes?: readonly Quote[];
}

type Verdict = 'holds' | 'differs' | 'not tried';

export interface Finding {
  readonly belief: Belief;
  readonly verdict: Verdict;
  /** What was seen, or why nothing was. */
  readonly seen: string;
}

export const quote = (page: string, text: string): Quote => ({page, text});
