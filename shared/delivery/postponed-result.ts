// A result that its queue did not take. It waits beside the mail that waits, until route can publish it.

import type {ResultKind} from '../names.ts';
import {standardQueueName} from '../sqs-limits.ts';

/** A result on its way to one queue. */
export interface ResultCopy {
  readonly kind: ResultKind;
  /** The queue that the message names; undefined is the stage's own. */
  readonly name?: string | undefined;
  readonly body: string;
}

/** How long it waits at first. After that it waits for the visibility timeout of the queue `waiting`. */
export const postponeSeconds = 5;

/** The result is not parsed: its size and its numbers stay the same. */
export const postponedBody = ({kind, name, body}: ResultCopy): string =>
  `{"relayq":${JSON.stringify({publish: kind, to: name})},"result":${body}}`;

const postponed =
  /^\{"relayq":\{"publish":"(results|success|failure|retry)"(?:,"to":"([^"]*)")?\},"result":(\{.*\})\}$/s;

/** Undefined when the body is something else. Only for bodies that the functions themselves have sent. */
export function parsePostponed(body: string): ResultCopy | undefined {
  const [, kind, name, result] = postponed.exec(body) ?? [];
  if (result === undefined || (name !== undefined && !standardQueueName.test(name))) return undefined;
  return {kind: kind as ResultKind, name, body: result};
}
