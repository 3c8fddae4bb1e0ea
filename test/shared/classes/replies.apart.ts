import type {KnownReply} from './known-reply.ts';

export const apartReplies: readonly KnownReply[] = [];
