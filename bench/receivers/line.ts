// Which receiver is reached how. A line is what a scenario of the benchmark is measured on, apart from its round-trip time.

import type {LinkSecurity} from '../bench-options.ts';
import {PostfixInstance} from '../peers/postfix-instance.ts';
import {programOf} from '../programs.ts';
import type {ReceiverKind, Transfer} from './receiver.ts';

export interface Line {
  readonly kind: ReceiverKind;
  readonly transfer: Transfer;
  readonly security: LinkSecurity;
}

/** What every machine has. */
export const usualLine: Line = {kind: 'embedded', transfer: 'chunking', security: 'plain'};

export const keyOf = ({kind, transfer, security}: Line): string => `${kind} ${transfer} ${security}`;

export const lineName = ({transfer, security}: Line): string =>
  `${transfer === 'chunking' ? 'CHUNKING' : 'DATA'}, ${security === 'plain' ? 'in clear' : 'STARTTLS'}`;

interface Wanted {
  readonly receivers: readonly ReceiverKind[];
  readonly transfers: readonly Transfer[];
  readonly securities: readonly LinkSecurity[];
}

const isInstalled = (kind: ReceiverKind): boolean => {
  if (kind === 'postfix') return PostfixInstance.unfit() === undefined;
  return kind === 'embedded' || programOf('smtp-sink') !== undefined;
};

/**
 * The embedded one offers CHUNKING; DATA is what smtp-sink takes, as it is faster, or else the embedded one. Postfix
 * takes both. STARTTLS is measured where CHUNKING is, if that is wanted.
 */
export function linesOf({receivers, transfers, securities}: Wanted): readonly Line[] {
  const there = receivers.filter(isInstalled);
  const takesData = there.includes('smtp-sink') ? 'smtp-sink' : 'embedded';
  const plain: readonly Line[] = [
    {kind: 'embedded', transfer: 'chunking', security: 'plain'},
    {kind: takesData, transfer: 'data', security: 'plain'},
    {kind: 'postfix', transfer: 'chunking', security: 'plain'},
    {kind: 'postfix', transfer: 'data', security: 'plain'},
  ];
  const [transfer = 'chunking'] = transfers;
  const starttls: Line = {kind: 'embedded', transfer, security: 'starttls'};
  return [...plain, starttls].filter(
    line =>
      there.includes(line.kind) && transfers.includes(line.transfer) && securities.includes(line.security),
  );
}
