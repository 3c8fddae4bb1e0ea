// How something stands, in a word, a shape and a colour: any one of them says it.

import type {ComponentChildren} from 'preact';
import {Verbatim} from './words.tsx';

export type Tone = 'good' | 'warn' | 'bad' | 'calm';

const tones: Readonly<Record<string, Tone>> = {
  working: 'good',
  accepted: 'good',
  up: 'good',
  'in force': 'good',
  waiting: 'warn',
  'over its rate': 'warn',
  slow: 'warn',
  deferred: 'warn',
  held: 'warn',
  hidden: 'warn',
  moved: 'warn',
  late: 'warn',
  down: 'bad',
  bounced: 'bad',
  expired: 'bad',
  invalid: 'bad',
  failed: 'bad',
  'dead letter': 'bad',
  wrong: 'bad',
};

export const toneOf = (word: string): Tone => tones[word] ?? 'calm';

export function Shape({tone}: {readonly tone: Tone}) {
  return (
    <svg class={`shape ${tone}`} viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
      {tone === 'good' && <circle cx="6" cy="6" r="5" />}
      {tone === 'warn' && <path d="M6 0.8 11.6 11H0.4z" />}
      {tone === 'bad' && <path d="M2 2l8 8M10 2 2 10" class="crossed" />}
      {tone === 'calm' && <circle cx="6" cy="6" r="4" class="hollow" />}
    </svg>
  );
}

export const Badge = ({word, tone = toneOf(word)}: {readonly word: string; readonly tone?: Tone}) => (
  <span class={`badge ${tone}`}>
    <Shape tone={tone} />
    <Verbatim text={word} most={40} />
  </span>
);

/** A sentence with the shape of its weight in front. */
export const Remark = ({tone, children}: {readonly tone: Tone; readonly children: ComponentChildren}) => (
  <div class={`remark ${tone}`}>
    <Shape tone={tone} />
    <div>{children}</div>
  </div>
);
