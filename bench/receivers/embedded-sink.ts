// The embedded receiver, in a process of its own.

import {Child} from '../child.ts';
import type {Line} from './line.ts';
import type {Receiver} from './receiver.ts';
import type {SinkRequest} from './sink-process.ts';

export async function startEmbeddedSink({transfer, security}: Line): Promise<Receiver> {
  const child = new Child<SinkRequest, number>('receivers/sink-process.ts');
  return {
    name: 'embedded receiver',
    port: await child.ask({listen: {chunking: transfer === 'chunking', starttls: security === 'starttls'}}),
    count: () => child.ask({count: true}),
    close: () => child.close(),
  };
}
