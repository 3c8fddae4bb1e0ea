// What is wrong, the worst first, each with where its reason is.

import {linkTo} from '../../app/route.ts';
import type {DomainRow, OverviewAnswer} from '../../data/documents.ts';
import type {Tone} from '../../parts/badge.tsx';
import {countOf} from '../../text/numbers.ts';
import {durationOf} from '../../text/times.ts';
import {shortQueueOf} from './queue-names.ts';

export interface Trouble {
  readonly tone: Tone;
  readonly text: string;
  /** What was said, in the words of whoever said it. */
  readonly quote?: string;
  readonly link: string;
  readonly linkText: string;
}

/** What is older than this is not just on its way. */
const oldSeconds = 900;
/** More of them are told of together. */
const mostDomains = 5;

const weights: Readonly<Record<Tone, number>> = {bad: 0, warn: 1, calm: 2, good: 3};

export function troublesOf(overview: OverviewAnswer): readonly Trouble[] {
  const all = [...ofSettings(overview), ...ofRules(overview), ...ofQueues(overview), ...ofDomains(overview)];
  return all.toSorted((a, b) => weights[a.tone] - weights[b.tone]);
}

function ofSettings({unknownSettings, settingsProblems}: OverviewAnswer): readonly Trouble[] {
  const link = linkTo(['settings']);
  const unknown: Trouble[] =
    unknownSettings.length === 0
      ? []
      : [
          {
            tone: 'bad',
            text: `Mail waits, as it is not known: ${unknownSettings.join(', ')}.`,
            link,
            linkText: 'See the settings',
          },
        ];
  return [
    ...unknown,
    ...settingsProblems.map(
      ({path, problem}): Trouble => ({
        tone: 'bad',
        text: `The setting ${path} is wrong, and does not count.`,
        quote: problem,
        link: linkTo(['settings'], {q: path}),
        linkText: 'Mend it',
      }),
    ),
  ];
}

/** Somebody wants it so, and may have forgotten. */
const ofRules = ({rules}: OverviewAnswer): readonly Trouble[] =>
  rules.map(({setting, does, mail, reason}) => ({
    tone: 'warn',
    text: `${setting} ${does} mail.`,
    quote: reason === undefined ? mail : `${mail}: ${reason}`,
    link: linkTo(['held']),
    linkText: 'See what is held',
  }));

function ofQueues({totals, oldest, countsProblem}: OverviewAnswer): readonly Trouble[] {
  return [
    ...(totals.deadLetters > 0
      ? [
          {
            tone: 'bad' as const,
            text: `${countOf(totals.deadLetters, 'dead letter')}: nothing moves ${totals.deadLetters === 1 ? 'it' : 'them'} on by itself.`,
            link: linkTo(['dead-letters']),
            linkText: totals.deadLetters === 1 ? 'Look at it' : 'Look at them',
          },
        ]
      : []),
    ...(oldest !== null && oldest.seconds >= oldSeconds
      ? [
          {
            tone: 'warn' as const,
            text: `The oldest message in ${shortQueueOf(oldest.queue)} is ${durationOf(oldest.seconds)} old.`,
            link: linkTo(['domains'], {sort: 'waiting'}),
            linkText: 'See what waits',
          },
        ]
      : []),
    ...(countsProblem === undefined
      ? []
      : [
          {
            tone: 'warn' as const,
            text: 'The log could not be read: counts of domains are missing or old.',
            quote: countsProblem,
            link: linkTo(['domains']),
            linkText: 'See what is known',
          },
        ]),
  ];
}

function ofDomains({domains}: OverviewAnswer): readonly Trouble[] {
  const stuck = domains.filter(({state}) => state !== 'working');
  const sorted = stuck.toSorted((a, b) => Number(b.state === 'down') - Number(a.state === 'down'));
  const told = sorted.slice(0, mostDomains).map(troubleOf);
  const rest = stuck.length - told.length;
  if (rest === 0) return told;
  return [
    ...told,
    {
      tone: 'warn',
      text: `${countOf(rest, 'more domain')} ${rest === 1 ? 'is' : 'are'} stuck or slow.`,
      link: linkTo(['domains'], {state: 'stuck'}),
      linkText: 'See all',
    },
  ];
}

const troubleOf = ({receiver, state, waiting, isAbout, lastError, limit}: DomainRow): Trouble => ({
  tone: state === 'down' ? 'bad' : 'warn',
  text: `${receiver} is ${state}${
    waiting ? `: ${isAbout ? '~' : ''}${countOf(waiting, 'message')} ${waiting === 1 ? 'waits' : 'wait'}` : ''
  }.`,
  ...((lastError ?? limit) !== undefined && {quote: lastError ?? limit}),
  link: linkTo(['domains', receiver]),
  linkText: 'Why',
});
