// What the route function would find wrong with a message, by its own rules and before the message is sent. What depends on
// the settings of the stage is left to the function: `strict`, `mq-headers`, its times.

import {readMessage} from '../../functions/route/read-message.ts';
import {textSteps} from '../../functions/route/text-steps.ts';
import {type Candidate, openGates} from '../../shared/delivery/gate.ts';
import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {reasonOf} from '../../shared/delivery/result.ts';
import {candidateOf} from '../../shared/delivery/route.ts';
import type {Message} from '../../shared/message/message.ts';
import {parseSettings, type Settings} from '../../shared/settings/settings.ts';
import type {Outgoing} from '../../submission/enqueue.ts';

export type Checked =
  | {readonly ok: true; readonly outgoing: Outgoing; readonly message: Message}
  | {readonly ok: false; readonly problems: readonly string[]};

const patient = {...parseSettings([]).settings, maxDeliverTime: Number.POSITIVE_INFINITY, maxAttempts: 0};

/** @returns its problems as whole sentences, each with the place */
export async function checkMessage(outgoing: Outgoing, nowMs: number): Promise<Checked> {
  const wrong = (problems: readonly string[]): Checked => ({
    ok: false,
    problems: problems.map(problem => `${outgoing.source}: ${problem}`),
  });
  const routed = await routedAs(outgoing.body, patient, nowMs);
  if (!routed.ok) return wrong(routed.problems);
  const {candidate} = routed;
  const batch = {candidates: [candidate], settings: patient, now: () => nowMs};
  const stop = (await openGates([expiry], batch))(candidate, nowMs);
  if (stop?.kind === 'end') return wrong([stop.entry.description]);
  return {ok: true, outgoing, message: candidate.message};
}

export type Routed =
  | {readonly ok: true; readonly candidate: Candidate}
  | {readonly ok: false; readonly problems: readonly string[]};

/** What the route function would make of a body on the outbox, before its gates. */
export async function routedAs(body: string, settings: Settings, nowMs: number): Promise<Routed> {
  const arrival = {id: 'to-be-sent', arrivedMs: nowMs};
  const parsed = await readMessage(body, arrival, settings, textSteps);
  if (!parsed.ok)
    return {ok: false, problems: parsed.problems.map(({path, problem}) => `${path || 'it'} ${problem}`)};
  const candidate = candidateOf(parsed, {...arrival, body, oversizeQueue: ''}, settings, nowMs);
  return 'fate' in candidate ? {ok: false, problems: [reasonOf(candidate.refusal)]} : {ok: true, candidate};
}
