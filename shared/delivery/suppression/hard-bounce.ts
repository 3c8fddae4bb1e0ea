// Which bounces go into the suppression list: those that say that the recipient is not there. What they say of the sender, of
// the text or of us says nothing of the recipient, and an entry about a whole domain is for people to make: one odd reply
// would keep all mail from it.

import type {Message} from '../../message/message.ts';
import {maskedText} from '../../message/secrets.ts';
import {identityOf} from '../../message/tracking.ts';
import type {SuppressionSettings} from '../../settings/groups/suppression.ts';
import type {Failure} from '../../smtp/failure.ts';
import type {ResultEntry} from '../result-entry.ts';
import {reasonFor} from './entry.ts';
import {addressKeyOf} from './subject.ts';

export interface HardBounce {
  /** The key of the address. */
  readonly who: string;
  /** Of the message: a bounce that is told twice counts once. */
  readonly id: string;
  readonly reason: string;
  readonly code?: number;
  readonly status?: string;
  readonly timeMs: number;
}

/** To be asked about an attempt that has ended a message. Undefined where nothing is to be counted. */
export function hardBounceOf(
  {recipient, tracking}: Message,
  failure: Pick<Failure, 'fact'>,
  {class: bounceClass, code, status, description, timeMs}: ResultEntry,
  {isOn, after}: SuppressionSettings,
): HardBounce | undefined {
  if (!isOn || after === 0) return undefined;
  if (bounceClass !== 'recipient' && bounceClass !== 'domain') return undefined;
  // Whether private addresses are refused is our own set-up.
  if (failure.fact === 'private-address') return undefined;
  return {
    who: addressKeyOf(recipient),
    id: identityOf(tracking),
    reason: reasonFor(maskedText(description ?? bounceClass)),
    ...(code !== undefined && {code}),
    ...(status !== undefined && {status}),
    timeMs,
  };
}
