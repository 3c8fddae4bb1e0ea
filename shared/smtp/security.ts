// How much TLS a connection must have: four levels, in rising order.

/**
 * - `optional`: TLS if it is offered; otherwise everything goes in clear, credentials included.
 * - `opportunistic` (the default): the same, but credentials go in clear only to a loopback address.
 * - `required`: TLS with any certificate, or no delivery.
 * - `verified`: TLS with a valid certificate for the host's name, or no delivery.
 */
export const securityLevels = ['optional', 'opportunistic', 'required', 'verified'] as const;
export type Security = (typeof securityLevels)[number];

export const strictestOf = (a: Security, b: Security): Security =>
  securityLevels.indexOf(a) > securityLevels.indexOf(b) ? a : b;
