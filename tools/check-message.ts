// What the route function would say of a message: before it is sent, by the function's own rules. What only the
// stage's settings can say is left to it: `strict`, `mq-headers`, its times.

import {readMessage} from '../functions/route/read-message.ts';
import {decideRoute} from '../shared/delivery/route.ts';
import type {Message} from '../shared/message/message.ts';
import {parseSettings} from '../shared/settings/settings.ts';
import type {Outgoing} from './enqueue.ts';

export type Checked =
  | {readonly ok: true; readonly outgoing: Outgoing; readonly message: Message}
  | {readonly ok: false; readonly problems: readonly string[]};

const patient = {...parseSettings([]).settings, maxDeliverTime: Number.POSITIVE_INFINITY, maxAttempts: 0};

/** @returns its problems as whole sentences, each with the place */
export async function checkMessage(outgoing: Outgoing, nowMs: number): Promise<Checked> {
  const arrival = {id: 'to-be-sent', arrivedMs: nowMs};
  const wrong = (problems: readonly string[]): Checked => ({
    ok: false,
    problems: problems.map(problem => `${outgoing.source}: ${problem}`),
  });
  const parsed = await readMessage(outgoing.body, arrival, patient);
  if (!parsed.ok) return wrong(parsed.problems.map(({path, problem}) => `${path || 'it'} ${problem}`));
  const decision = decideRoute(parsed, {...arrival, body: outgoing.body, oversizeQueue: ''}, patient, nowMs);
  if (decision.kind === 'answer') return wrong([decision.reason]);
  return {ok: true, outgoing, message: parsed.message};
}
