// Whether a message is among those that a pause or a forced error is for.

import {isWhole} from '../classes/wildcard.ts';
import type {Settings} from '../settings/settings.ts';
import {addressKeyOf, type Selection} from '../settings/steering/selection.ts';
import type {NextHop} from './destination.ts';
import type {Candidate} from './gate.ts';
import {neededUnknown} from './gates/settings-known.ts';

export function isSelected(
  {message, destination: {nextHop}}: Candidate,
  {all, domain, nextHop: hop, tag, recipient, id}: Selection,
  settings: Settings,
): boolean {
  if (all) return true;
  const {recipient: mailbox, tags, tracking} = message;
  return (
    (domain === undefined || isWhole(mailbox.domain, domain)) &&
    (tag === undefined || tags.includes(tag)) &&
    (recipient === undefined || addressKeyOf(mailbox) === recipient) &&
    (id === undefined || tracking.id === id) &&
    // While that is not known, mail waits for the settings.
    (hop === undefined || (neededUnknown(message, settings) === undefined && isHop(nextHop, hop)))
  );
}

function isHop(nextHop: NextHop, pattern: string): boolean {
  if (nextHop.kind === 'mx') return false;
  const {hosts, port} = nextHop;
  return hosts.some(host => {
    const bracketed = host.includes(':') ? `[${host}]` : host;
    return isWhole(host, pattern) || isWhole(`${bracketed}:${port}`, pattern);
  });
}
