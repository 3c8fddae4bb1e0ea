// Puts a message on the outbox, judged first as `relayq send` does.

import {namesOf} from '../../../shared/names.ts';
import {enqueueOne} from '../../../submission/enqueue.ts';
import {queueUrlOf} from '../../aws/queues.ts';
import {UsageError} from '../../command/problems.ts';
import {checkMessage} from '../../send/check-message.ts';
import {messageIn} from '../message-in-body.ts';
import type {Route} from '../visit.ts';

export const send: Route = {
  method: 'POST',
  path: /^\/api\/send$/,
  async answer({context, body}) {
    const {clients, stage, now, signal} = context;
    const {source, body: text} = messageIn(body);
    const checked = await checkMessage({source, body: text}, now());
    if (!checked.ok) throw new UsageError(checked.problems.join('; '), checked.problems);
    await context.mayChange('send a message', 'harmless');
    const outboxUrl = await queueUrlOf(context, namesOf(stage).outbox);
    return {id: await enqueueOne(clients.sqs, outboxUrl, checked.outgoing, signal)};
  },
};
