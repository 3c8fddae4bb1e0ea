// The explanation of a subject: its steps and what they come to, for people and as the document that `--json` prints.

import {capacityLayersOf} from '../../shared/delivery/destination.ts';
import type {Candidate} from '../../shared/delivery/gate.ts';
import {patienceOf} from '../../shared/delivery/receivers/patience.ts';
import {isAddress} from '../../shared/delivery/suppression/subject.ts';
import {localStage} from '../../shared/names.ts';
import type {Context} from '../command/context.ts';
import {routedAs} from '../send/check-message.ts';
import {timeText} from '../terminal/time.ts';
import {authenticationStep} from './authentication-step.ts';
import {capacityStep} from './capacity-step.ts';
import {destinationStep} from './destination-step.ts';
import {isFullFor} from './full-queue.ts';
import {hostsStep} from './hosts-step.ts';
import {messageStep, refusalStep} from './message-step.ts';
import {lookAtNextHop} from './next-hop-look.ts';
import {nowStep} from './now-step.ts';
import {prospectOf} from './prospect.ts';
import {settingsStep} from './settings-step.ts';
import {type StageState, stageStateOf} from './stage-state.ts';
import type {Step} from './step.ts';
import type {Subject} from './subject.ts';
import {tlsStep} from './tls-step.ts';
import {refusedVerdict, type Verdict, verdictOf} from './verdict.ts';

interface Explanation {
  readonly steps: readonly Step[];
  readonly verdict: Verdict;
}

interface Explained extends Explanation {
  readonly nowMs: number;
}

/** A look takes no longer than this, even where the functions have all the time. */
const mostLookMs = 30_000;

export async function explainedOf(subject: Subject, context: Context): Promise<Explained> {
  const state = await stageStateOf(context);
  const nowMs = context.now();
  const routed = await routedAs(subject.body, state.reading.settings, nowMs);
  const explanation = routed.ok
    ? await explanationOf(routed.candidate, subject, state, context)
    : refusalOf(subject, routed.problems, state, context);
  return {...explanation, nowMs};
}

/** What `--json` prints. */
export const documentOf = ({steps, verdict, nowMs}: Explained, stage: string) => ({
  version: 1,
  stage,
  time: timeText(nowMs, false),
  goes: verdict.goes,
  verdict: verdict.text,
  steps: steps.map(({step, facts, data}) => ({step, ...data, facts})),
});

async function explanationOf(
  candidate: Candidate,
  subject: Subject,
  state: StageState,
  context: Context,
): Promise<Explanation> {
  const {stage, now, local} = context;
  const {settings} = state.reading;
  const {message, destination} = candidate;
  const timeOf = (ms: number) => timeText(ms, local);
  // Of a domain it is asked what holds for all its recipients.
  const suppressed: StageState['suppressed'] = keys =>
    state.suppressed(subject.isDomain ? keys.filter(key => !isAddress(key)) : keys);
  const prospect = await prospectOf(candidate, settings, {...state, suppressed}, now);
  const {entry, forward} = prospect;
  const treatment = state.receivers.treatmentOf(destination.receiver);
  const {openingMs = mostLookMs} = patienceOf(treatment, forward?.queue ?? 'fast', entry);
  const isElsewhere = stage !== localStage;
  const [look, isFull] = await Promise.all([
    lookAtNextHop(destination, settings, {
      anywhere: !isElsewhere,
      withinMs: openingMs,
      now,
      random: Math.random,
    }),
    isFullFor(prospect, context),
  ]);
  const {nextHop: hop} = destination;
  // Afterwards: it may ask the same resolver, and hang up when it is done.
  const authentication = await authenticationStep(candidate, {
    hasText: subject.source !== undefined,
    settings,
    signer: state.signer,
    context,
  });
  const {layers} = capacityLayersOf(message, settings);
  return {
    steps: [
      settingsStep(state.parameters, {reading: state.reading, layers}, timeOf),
      messageStep(subject, message),
      destinationStep(prospect, {settings, stage, isDomain: subject.isDomain}),
      hostsStep(hop, look, isElsewhere),
      tlsStep({hop, message, settings}, look),
      capacityStep(candidate, settings, {entry, nowMs: now()}),
      authentication,
      nowStep(prospect, {settings, nowMs: now(), timeOf, isFull}),
    ],
    verdict: verdictOf(prospect, look, timeOf),
  };
}

function refusalOf(
  subject: Subject,
  problems: readonly string[],
  {parameters, reading}: StageState,
  {local}: Context,
): Explanation {
  const timeOf = (ms: number) => timeText(ms, local);
  return {
    steps: [settingsStep(parameters, {reading, layers: []}, timeOf), refusalStep(subject, problems)],
    verdict: refusedVerdict(problems),
  };
}
