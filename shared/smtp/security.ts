// How much TLS a connection must have: the four levels, in rising order.

/**
 * - `optional`: TLS when it is offered; in clear otherwise, credentials included.
 * - `opportunistic` (the default): the same, but credentials go in clear to a loopback address only.
 * - `required`: TLS or no delivery; any certificate will do.
 * - `verified`: TLS with a valid certificate for the host's name, or no delivery.
 */
export const securityLevels = ['optional', 'opportunistic', 'required', 'verified'] as const;
export type Security = (typeof securityLevels)[number];

export const strictestOf = (a: Security, b: Security): Security =>
  securityLevels.indexOf(a) > securityLevels.indexOf(b) ? a : b;
