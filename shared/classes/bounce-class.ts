// The classes of failures: what kind of thing stood in the way, so that somebody can act on it without reading replies.
// What each one means is in docs/classes.md.

export const bounceClasses = [
  'recipient',
  'domain',
  'inactive',
  'quota',
  'greylist',
  'rate',
  'reputation',
  'content',
  'policy',
  'auth',
  'dns',
  'network',
  'protocol',
  'expired',
  'other',
] as const;

export type BounceClass = (typeof bounceClasses)[number];
