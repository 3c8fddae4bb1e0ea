// The availability zones of a network of one's own, as whoever deploys names them. Pure.

export const availabilityZone = {
  pattern: /^[a-z]{2}(?:-[a-z]+)+-\d[a-z]$/,
  what: 'availability zones such as eu-west-1b',
} as const;

export const zonesWanted = 'two or more zones, each of them once';

/** One would do for the NAT gateway; Lambda goes on in another when a zone is down. None is the account's first two. */
export const areZones = (zones: readonly string[]): boolean =>
  zones.length !== 1 && new Set(zones).size === zones.length;
