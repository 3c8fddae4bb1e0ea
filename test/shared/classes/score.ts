// How well the rules do, by class: the numbers of docs/classes.md.

import {type BounceClass, bounceClasses} from '../../../shared/classes/bounce-class.ts';
import {plainClassOf} from '../../../shared/classes/class-of.ts';
import type {KnownReply} from './known-reply.ts';
import {type Part, replies} from './reply-table.ts';

export function givenClassOf([code, status, text, , , stage = 'rcptto']: KnownReply): BounceClass {
  const reply = {code, text, ...(status !== undefined && {status})};
  return plainClassOf({stage, result: 'error', reply, description: text});
}

const share = (some: number, all: number): string =>
  all === 0 ? '–' : `${Math.round((100 * some) / all)} %`;

function cellsOf(part: Part, name: BounceClass): readonly string[] {
  const [are, given] = [
    replies[part].filter(([, , , expected]) => expected === name),
    replies[part].filter(reply => givenClassOf(reply) === name),
  ];
  const both = are.filter(reply => givenClassOf(reply) === name).length;
  return [String(are.length), share(both, given.length), share(both, are.length)];
}

function sumOf(part: Part): readonly string[] {
  const all = replies[part];
  const right = all.filter(reply => givenClassOf(reply) === reply[3]).length;
  return [String(all.length), `${right} right`, share(right, all.length)];
}

/** As the page has it. */
export function scoreTable(): string {
  const rowOf = (name: string, cells: readonly string[]) => `| ${[name, ...cells].join(' | ')} |`;
  const measured = bounceClasses.filter(name => name !== 'expired');
  return [
    '| class | known | precision | recall | apart | precision | recall |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...measured.map(name => rowOf(`\`${name}\``, [...cellsOf('known', name), ...cellsOf('apart', name)])),
    rowOf('all', [...sumOf('known'), ...sumOf('apart')]),
  ].join('\n');
}
