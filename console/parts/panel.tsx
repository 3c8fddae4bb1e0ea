// A part of a view, with a title, where its numbers come from, and how old they are.

import type {ComponentChildren} from 'preact';
import {useId} from 'preact/hooks';
import type {Answer} from '../data/documents.ts';
import type {Polled} from '../data/polled.ts';
import {msOf} from '../text/times.ts';
import {ProblemNotice} from './notice.tsx';
import {Age, Time} from './time.tsx';

interface PanelProps {
  readonly title: ComponentChildren;
  readonly source?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
}

export function Panel({title, source, actions, children, class: name = ''}: PanelProps) {
  const id = useId();
  return (
    <section class={`panel ${name}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {source !== undefined && <span class="source">{source}</span>}
        {actions !== undefined && <div class="buttons end">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** `SQS attributes, 4 s ago` */
export function SourceOf<T extends Answer>({
  of: {data},
  from,
}: {
  readonly of: Polled<T>;
  readonly from?: string;
}) {
  if (data === undefined) return null;
  const ms = msOf(data.asOf);
  const source = from ?? data.source;
  return (
    <>
      {source}
      {source !== undefined && ', '}
      {ms === undefined ? data.asOf : <Age ms={ms} />}
    </>
  );
}

interface PollingProps<T extends Answer> {
  readonly of: Polled<T>;
  readonly children: (data: T) => ComponentChildren;
  /** How many lines to keep free while nothing is known. */
  readonly lines?: number;
}

/** Shows data as far as there is some, and says so where it is old or missing. */
export function Polling<T extends Answer>({of: {data, problem}, children, lines = 3}: PollingProps<T>) {
  if (data === undefined) return problem ? <ProblemNotice problem={problem} /> : <Loading lines={lines} />;
  return (
    <>
      {problem && (
        <div class="stale">
          <p>
            Not up to date: this is as of <Time time={data.asOf} />.
          </p>
          <ProblemNotice problem={problem} />
        </div>
      )}
      {children(data)}
    </>
  );
}

export const Loading = ({lines}: {readonly lines: number}) => (
  <div class="loading" role="status">
    <span class="unseen">Loading</span>
    {Array.from({length: lines}, (_, at) => (
      <div key={at} />
    ))}
  </div>
);
