// What the entry of an attempt tells beside how it ended: of the connection, of our set-up, and of the queue.

import type {Destination} from '../../shared/delivery/destination.ts';
import type {ResultEntry} from '../../shared/delivery/result-entry.ts';
import type {ResultDetail} from '../../shared/settings/groups/results-detail.ts';
import type {Attempt} from './attempt.ts';
import type {SessionFacts} from './smtp/session-facts.ts';

export function entryFactsOf(
  {mta, facts, messages, sentOctets}: Pick<Attempt, 'mta' | 'facts' | 'messages' | 'sentOctets'>,
  {nextHop, queue}: Pick<Destination, 'nextHop' | 'queue'>,
  details: ReadonlySet<ResultDetail>,
): Partial<ResultEntry> {
  // A kept connection may know more than the setting now asks for.
  const {banner, certificate, ...connection}: Partial<SessionFacts> = facts ?? {};
  return {
    ...(mta !== undefined && {mta}),
    ...('missingCredential' in nextHop && {
      authentication: `none: smarthost.${nextHop.missingCredential} is missing`,
    }),
    ...connection,
    ...(messages !== undefined && messages > 0 && {messages}),
    queue,
    ...(details.has('banner') && banner !== undefined && {banner: banner.slice(0, longestBanner)}),
    ...(details.has('certificate') && certificate && {certificate}),
    ...(details.has('sent') && sentOctets && {sent: sentOctets}),
  };
}

/** RFC 5321 4.5.3.1.5 allows a line 512 octets. */
const longestBanner = 500;
