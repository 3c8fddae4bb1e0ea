// The numbers of now, in one line.

import type {ComponentChildren} from 'preact';
import {linkTo} from '../../app/route.ts';
import type {OverviewAnswer} from '../../data/documents.ts';
import {Shape, type Tone} from '../../parts/badge.tsx';
import {numberOf} from '../../text/numbers.ts';
import {durationOf} from '../../text/times.ts';
import {shortQueueOf} from './queue-names.ts';

interface Props {
  readonly overview: OverviewAnswer;
  readonly source: ComponentChildren;
}

export function Figures({overview: {totals, oldest, domains}, source}: Props) {
  const stuck = domains.filter(({state}) => state !== 'working').length;
  return (
    <section class="figures" aria-label="Now">
      <Figure name="Waiting" value={numberOf(totals.waiting)} link={linkTo(['domains'], {sort: 'waiting'})} />
      <Figure name="In flight" value={numberOf(totals.inFlight)} />
      <Figure
        name="Oldest"
        value={oldest === null ? '–' : durationOf(oldest.seconds)}
        note={oldest === null ? 'outbox, delivery: none' : `in ${shortQueueOf(oldest.queue)}`}
      />
      <Figure name="Active domains" value={numberOf(domains.length)} link={linkTo(['domains'])} />
      <Figure
        name="Stuck or slow"
        value={numberOf(stuck)}
        tone={stuck > 0 ? 'warn' : undefined}
        link={linkTo(['domains'], {state: 'stuck'})}
      />
      <Figure
        name="Dead letters"
        value={numberOf(totals.deadLetters)}
        tone={totals.deadLetters > 0 ? 'bad' : undefined}
        link={linkTo(['dead-letters'])}
      />
      <p class="source">{source}</p>
    </section>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
  readonly tone?: Tone | undefined;
  readonly link?: string;
}

const Figure = ({name, value, note, tone, link}: FigureProps) => (
  <div class={`figure ${tone ?? ''}`}>
    <span class="name">
      {tone && <Shape tone={tone} />}
      {link === undefined ? name : <a href={link}>{name}</a>}
    </span>
    <strong>{value}</strong>
    {note && <span class="note">{note}</span>}
  </div>
);
