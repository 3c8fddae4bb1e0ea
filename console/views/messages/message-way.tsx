// One message: what it is, how it stands, and everything that happened to it, with every reply.

import {linkTo} from '../../app/route.ts';
import type {TracedMessage, TraceEvent} from '../../data/documents.ts';
import {Badge, Shape, type Tone, toneOf} from '../../parts/badge.tsx';
import {CopyAs, CopyButton} from '../../parts/copy.tsx';
import {Time, Until} from '../../parts/time.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {durationOf, msOf} from '../../text/times.ts';
import {factsOf} from './event-facts.ts';

interface Props {
  readonly message: TracedMessage;
  readonly isOnly?: boolean;
}

export function MessageWay({message, isOnly}: Props) {
  const {id, recipient, domain, state, isOver, next, events} = message;
  return (
    <article class="way panel" aria-label={`Message ${id}`}>
      <header>
        <h2>{recipient === undefined ? 'a message' : <Verbatim text={recipient} most={320} />}</h2>
        <Badge word={state} />
        {next !== undefined && !isOver && (
          <span class="note">
            {nextWords(state)} <Time time={next} /> (<Until time={next} />)
          </span>
        )}
        <div class="buttons end">
          {domain !== undefined && (
            <a class="button quiet" href={linkTo(['domains', domain], {who: recipient})}>
              Why this domain
            </a>
          )}
          {state === 'dead letter' && (
            <a class="button quiet" href={linkTo(['dead-letters', id])}>
              The dead letter
            </a>
          )}
          <CopyAs
            commands={({relayq}) => [
              relayq('trace', id),
              ...(recipient === undefined ? [] : [relayq('explain', recipient)]),
            ]}
          />
        </div>
        <p class="id">
          <code>{id}</code> <CopyButton text={id} label="Copy the ID" />
          {!isOnly && (
            <a class="inline" href={linkTo(['messages'], {q: id})}>
              its own page
            </a>
          )}
        </p>
      </header>
      <ol class="timeline">
        {events.map((event, at) => (
          <Event key={at} event={event} before={events[at - 1]} />
        ))}
      </ol>
    </article>
  );
}

const nextWords = (state: string): string =>
  state === 'hidden' ? 'its lane is seen again' : state === 'held' ? 'it is looked at again' : 'next attempt';

function toneOfEvent({what, fate}: TraceEvent): Tone {
  if (what === 'dead letter' || what === 'failed') return 'bad';
  if (fate !== undefined) return toneOf(fate);
  return what === 'arrived' || what === 'logged' ? 'calm' : 'warn';
}

const nameOf = ({what, attempt}: TraceEvent): string =>
  what === 'attempt' && typeof attempt === 'number' ? `attempt ${attempt}` : what;

function Event({event, before}: {readonly event: TraceEvent; readonly before: TraceEvent | undefined}) {
  const {time, what, fate, why, until, code, status} = event;
  const seconds = ((msOf(time) ?? 0) - (msOf(before?.time ?? time) ?? 0)) / 1000;
  const reply = [code, status].filter(each => each !== undefined).join(' ');
  return (
    <li class={toneOfEvent(event)}>
      <div class="when">
        <Time time={time} />
        {before && <span class="since">{seconds > 0 ? `+${durationOf(seconds)}` : '+0 s'}</span>}
      </div>
      <Shape tone={toneOfEvent(event)} />
      <div class="what">
        <p>
          <b>
            <Verbatim text={nameOf(event)} most={60} />
          </b>
          {fate !== undefined && (
            <>
              {' '}
              <span class="fate">
                <Verbatim text={what === 'receiver' ? `is ${fate}` : fate} most={40} />
              </span>
            </>
          )}
          {what === 'arrived' && ' on the outbox'}
          {until !== undefined && (
            <span class="note">
              {' '}
              {what === 'attempt' ? 'next attempt' : 'until'} <Time time={until} />
            </span>
          )}
        </p>
        {(reply !== '' || why !== undefined) && (
          <p class={what === 'attempt' ? 'reply' : 'reason'}>
            {reply !== '' && <b>{reply}</b>}{' '}
            {why !== undefined && <WhyText text={why} isReply={what === 'attempt'} />}
          </p>
        )}
        <dl class="event-facts">
          {factsOf(event).map(({name, value}) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Verbatim text={value} most={600} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </li>
  );
}

const WhyText = ({text, isReply}: {readonly text: string; readonly isReply: boolean}) =>
  isReply ? <Verbatim text={text} most={1000} /> : <Words text={text} most={1000} />;
