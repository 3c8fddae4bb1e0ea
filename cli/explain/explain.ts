// `relayq explain`: where a message would go now, and why. Nothing is sent, nothing is written, and no server of mail is
// connected to.

import {capacityLayersOf} from '../../shared/delivery/destination.ts';
import type {Candidate} from '../../shared/delivery/gate.ts';
import {patienceOf} from '../../shared/delivery/receivers/patience.ts';
import {localStage} from '../../shared/names.ts';
import type {Act, AddCommand} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {routedAs} from '../send/check-message.ts';
import {paintOf} from '../terminal/paint.ts';
import {printable} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {authenticationStep} from './authentication-step.ts';
import {capacityStep} from './capacity-step.ts';
import {destinationStep} from './destination-step.ts';
import {explanationLines} from './explanation-text.ts';
import {isFullFor} from './full-queue.ts';
import {hostsStep} from './hosts-step.ts';
import {messageStep, refusalStep} from './message-step.ts';
import {lookAtNextHop} from './next-hop-look.ts';
import {nowStep} from './now-step.ts';
import {prospectOf} from './prospect.ts';
import {settingsStep} from './settings-step.ts';
import {type StageState, stageStateOf} from './stage-state.ts';
import type {Step} from './step.ts';
import {type Subject, subjectOf} from './subject.ts';
import {tlsStep} from './tls-step.ts';
import {refusedVerdict, type Verdict, verdictOf} from './verdict.ts';

interface ExplainOptions {
  readonly message?: string;
}

interface Explanation {
  readonly steps: readonly Step[];
  readonly verdict: Verdict;
}

/** A look takes no longer than this, even where the functions have all the time. */
const mostLookMs = 30_000;

export const explain: AddCommand = (program, acting) =>
  void program
    .command('explain')
    .summary('where a message would go now, and why')
    .description(
      'Tells where a message would go now, and why, by the code of the functions. No mail is sent, and no mail ' +
        'server is connected to. Exit status 1 where something stands in its way.',
    )
    .argument('[recipient]', 'an address, or a domain')
    .option('--message <file>', 'a message as JSON or .eml, with what it says itself; - for stdin')
    .action(acting(explainOne));

const explainOne: Act<[string | undefined, ExplainOptions]> = async (context, who, {message: file}) => {
  const subject = await subjectOf(who, file);
  const state = await stageStateOf(context);
  const {terminal, json, stage, now, local} = context;
  const nowMs = now();
  const {settings} = state.reading;
  const routed = await routedAs(subject.body, settings, nowMs);
  const {steps, verdict} = routed.ok
    ? await explanationOf(routed.candidate, subject, state, context)
    : refusalOf(subject, routed.problems, state, context);
  if (json) {
    const told = steps.map(({step, facts, data}) => ({step, ...data, facts}));
    const time = timeText(nowMs, false);
    terminal.say(
      JSON.stringify({version: 1, stage, time, goes: verdict.goes, verdict: verdict.text, steps: told}),
    );
  } else {
    const paint = paintOf(terminal.hasColours);
    terminal.say(`${paint(`relayq ${stage}`, 'bold')}  ${timeText(nowMs, local)}  ${titleOf(subject)}`);
    terminal.say('');
    const {columns} = terminal;
    for (const line of explanationLines(steps, verdict, {columns, paint})) terminal.say(line);
  }
  return verdict.goes ? 0 : 1;
};

function titleOf({message, isDomain}: Subject): string {
  const recipient = printable(typeof message.recipient === 'string' ? message.recipient : 'no recipient');
  return isDomain ? recipient.slice(recipient.indexOf('@') + 1) : recipient;
}

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
  const prospect = await prospectOf(candidate, settings, state, now);
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
