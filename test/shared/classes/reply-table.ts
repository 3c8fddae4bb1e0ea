// The replies that the rules are measured by. A third of them was not looked at while the rules were written: a reply's own
// digest says which, so that nobody can choose.

import {createHash} from 'node:crypto';
import type {KnownReply} from './known-reply.ts';
import {easternReplies} from './replies.eastern.ts';
import {europeanReplies} from './replies.european.ts';
import {filterReplies} from './replies.filters.ts';
import {gatewayReplies} from './replies.gateways.ts';
import {googleReplies} from './replies.google.ts';
import {microsoftReplies} from './replies.microsoft.ts';
import {serverReplies} from './replies.servers.ts';
import {yahooReplies} from './replies.yahoo.ts';

export const knownReplies: readonly KnownReply[] = [
  ...googleReplies,
  ...microsoftReplies,
  ...yahooReplies,
  ...europeanReplies,
  ...easternReplies,
  ...gatewayReplies,
  ...serverReplies,
  ...filterReplies,
];

export type Part = 'known' | 'apart';

export function partOf([code, status = '', text]: KnownReply): Part {
  const digest = createHash('sha256').update(`${code} ${status} ${text}`).digest();
  return digest.readUInt32BE(0) % 3 === 0 ? 'apart' : 'known';
}
