// The replies that the rules are measured by: those that they were written with, and those that came later.

import type {KnownReply} from './known-reply.ts';
import {apartReplies} from './replies.apart.ts';
import {easternReplies} from './replies.eastern.ts';
import {europeanReplies} from './replies.european.ts';
import {filterReplies} from './replies.filters.ts';
import {gatewayReplies} from './replies.gateways.ts';
import {googleReplies} from './replies.google.ts';
import {logReplies} from './replies.logs.ts';
import {microsoftReplies} from './replies.microsoft.ts';
import {serverReplies} from './replies.servers.ts';
import {yahooReplies} from './replies.yahoo.ts';

export type Part = 'known' | 'apart';

export const replies: Readonly<Record<Part, readonly KnownReply[]>> = {
  known: [
    ...googleReplies,
    ...microsoftReplies,
    ...yahooReplies,
    ...europeanReplies,
    ...easternReplies,
    ...gatewayReplies,
    ...serverReplies,
    ...filterReplies,
    ...logReplies,
  ],
  apart: apartReplies,
};
