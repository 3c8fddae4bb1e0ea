// A result that its queue did not take: it waits beside the mail that waits, until route can publish it.

import type {ResultKind} from '../names.ts';

/** A result on its way to one queue. */
export interface ResultCopy {
  readonly kind: ResultKind;
  /** The queue that the message names; undefined is the stage's own. */
  readonly name?: string | undefined;
  readonly body: string;
}

/** How long it waits at first; after that, as long as its queue hides what could not be dealt with. */
export const postponeSeconds = 5;

/** The result goes through as the text that it is: what it takes up, and its numbers, stay the same. */
export const postponedBody = ({kind, name, body}: ResultCopy): string =>
  `{"relayq":${JSON.stringify({publish: kind, to: name})},"result":${body}}`;

const postponed =
  /^\{"relayq":\{"publish":"(results|success|failure|retry)"(?:,"to":"([\w-]{1,80})")?\},"result":(\{.*\})\}$/s;

/** Undefined when the body is something else. To be asked only of what the functions themselves have sent. */
export function parsePostponed(body: string): ResultCopy | undefined {
  const [, kind, name, result] = postponed.exec(body) ?? [];
  return result === undefined ? undefined : {kind: kind as ResultKind, name, body: result};
}
