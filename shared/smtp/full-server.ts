// A server that has no room for another connection, or on a connection for another message. It is not down: it serves us,
// here or in another environment.

import type {Reply} from './reply.ts';
import type {Failure} from './verdict.ts';

/** Before it has said what it offers: refused, closed, or sent away. A silence is no answer. */
export const isTurnedAway = ({stage, result, reply}: Failure): boolean =>
  (stage === 'connect' || stage === 'intro' || stage === 'ehlo') &&
  (result === 'lost' || (reply !== undefined && reply.code >= 400));

/** Whether it says so: a limit of connections, not of what is sent over one. */
export const saysFull = (failure: Failure): boolean =>
  isTurnedAway(failure) &&
  failure.reply !== undefined &&
  /\b(?:too many|max(?:imum)?|limit|concurrent|simultaneous|exceed(?:s|ed)?)\b/i.test(failure.reply.text) &&
  /\b(?:connections?|sessions|clients)\b/i.test(failure.reply.text) &&
  !/\b(?:errors|messages|recipients|unsolicited|spam)\b/i.test(failure.reply.text);

/** What becomes of such a failure: the message waits for a place, or has its attempt elsewhere. */
export const fullFailureOf = (failure: Failure): Failure => ({
  ...failure,
  fact: 'server-full',
  description: `no room for another connection: ${failure.description}`,
});

/** Whether a refusal of a further MAIL as permanent is of the connection: there have been enough messages on it. */
export const saysEnough = ({status, text}: Reply): boolean =>
  status?.startsWith('4') === true ||
  /\btoo many (?:\w+ )?(?:messages|mails|e-?mails|transactions|commands)\b/i.test(text) ||
  (/\b(?:limit|max(?:imum)?|exceed(?:s|ed)?|no more)\b/i.test(text) &&
    /\b(?:connection|session)\b/i.test(text));
