// How long the record of a retired key has to stay in the DNS.

/**
 * A week. Functions may have the old key for five minutes more; servers on the way keep mail for up to five days (RFC 5321
 * 4.5.4.1), and its signatures are verified when it arrives.
 */
const keptMs = 7 * 86_400_000;

export const keptUntilMs = (retiredMs: number): number => retiredMs + keptMs;
