// A result that its queue did not take: it waits on the outbox, beside the mail, until route can publish it.

import {bodyOf, isJsonObject} from './json.ts';
import {type ResultKind, resultKinds} from './names.ts';

/** A result on its way to one queue. */
export interface ResultCopy {
  readonly kind: ResultKind;
  /** The queue that the message names; undefined is the stage's own. */
  readonly name?: string | undefined;
  readonly body: string;
}

/** How long it waits at first; after that, as long as the outbox hides what could not be dealt with. */
export const postponeSeconds = 5;

/** Every postponed result begins like this, and nothing else is looked into. */
const beginning = '{"relayq":{"publish":';

export const postponedBody = ({kind, name, body}: ResultCopy): string =>
  bodyOf({relayq: {publish: kind, to: name}, result: JSON.parse(body)});

/** Undefined when the body is something else. */
export function parsePostponed(body: string): ResultCopy | undefined {
  if (!body.startsWith(beginning)) return undefined;
  try {
    const {relayq, result} = JSON.parse(body);
    const {publish: kind, to: name} = relayq;
    const isCopy =
      resultKinds.includes(kind) && isJsonObject(result) && /^(string|undefined)$/.test(typeof name);
    return isCopy ? {kind, name, body: bodyOf(result)} : undefined;
  } catch {
    return undefined;
  }
}
