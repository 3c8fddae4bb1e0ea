// Servers that have no room for another connection. Such a server is not down: it serves us on other connections, of
// this environment or of another one.

import type {Failure} from './failure.ts';

/** Whether it happened before the server said what it offers: refused, closed, or sent away. A silence is no answer. */
export const isTurnedAway = ({stage, result, reply}: Failure): boolean =>
  (stage === 'connect' || stage === 'intro' || stage === 'ehlo') &&
  (result === 'lost' || (reply !== undefined && reply.code >= 400));

/** Whether the server says so. It must speak of connections, not of what is sent over one. */
export const saysFull = (failure: Failure): boolean =>
  isTurnedAway(failure) &&
  failure.reply !== undefined &&
  /\b(?:too many|max(?:imum)?|limit|concurrent|simultaneous|exceed(?:s|ed)?)\b/i.test(failure.reply.text) &&
  /\b(?:connections?|sessions|clients)\b/i.test(failure.reply.text) &&
  !/\b(?:errors|messages|recipients|unsolicited|spam)\b/i.test(failure.reply.text);

export const fullFailureOf = (failure: Failure): Failure => ({
  ...failure,
  fact: 'server-full',
  description: `no room for another connection: ${failure.description}`,
});
