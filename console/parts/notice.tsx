// Why something is not there, or not new, and what to do about it.

import type {ComponentChildren} from 'preact';
import type {ApiProblem} from '../data/api.ts';
import {Shape, type Tone} from './badge.tsx';
import {Words} from './words.tsx';

interface NoticeProps {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ComponentChildren;
}

export const Notice = ({tone, title, children}: NoticeProps) => (
  <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    <Shape tone={tone} />
    <div>
      <strong>{title}</strong>
      {children}
    </div>
  </div>
);

/** Nothing is there, and nothing is wrong: what to do next. */
export const Empty = ({title, children}: {readonly title: string; readonly children?: ComponentChildren}) => (
  <div class="empty">
    <p>
      <strong>{title}</strong>
    </p>
    {children}
  </div>
);

const titles: Readonly<Record<ApiProblem['kind'], string>> = {
  denied: 'Not allowed',
  throttled: 'AWS wants fewer requests',
  unreachable: 'AWS cannot be reached',
  'not-found': 'Not found',
  invalid: 'Not accepted',
  price: 'This costs money',
  failed: 'It failed',
  disconnected: 'The console is not running',
  'signed-out': 'This browser is not signed in',
};

export const ProblemNotice = ({problem}: {readonly problem: ApiProblem}) => (
  <Notice tone={problem.kind === 'throttled' ? 'warn' : 'bad'} title={titles[problem.kind]}>
    <p>
      <Words text={problem.message} />
    </p>
    <Advice problem={problem} />
  </Notice>
);

function Advice({problem: {kind, facts}}: {readonly problem: ApiProblem}) {
  switch (kind) {
    case 'denied':
      return typeof facts.permission === 'string' ? (
        <p>
          Whoever runs the console needs <code>{facts.permission}</code>: docs/permissions.md has the policy.
        </p>
      ) : null;
    case 'throttled':
      return <p>It is asked again, with longer pauses. What is shown stays.</p>;
    case 'unreachable':
      return <p>Look at the network and at the endpoint’s address. It is asked again by itself.</p>;
    case 'disconnected':
      return (
        <p>
          Start <code>relayq console</code> again, and open the address that it prints. If it is still
          running, this page goes on by itself.
        </p>
      );
    case 'signed-out':
      return (
        <p>
          Open the address that <code>relayq console</code> prints, with all that stands behind its #.
        </p>
      );
    default:
      return null;
  }
}
