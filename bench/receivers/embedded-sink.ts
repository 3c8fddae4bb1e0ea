// The embedded sink's server as the receiver, in a process of its own.

import {Child} from '../child.ts';
import type {Receiver} from './receiver.ts';
import type {SinkRequest} from './sink-process.ts';

export async function startEmbeddedSink(security: 'plain' | 'starttls'): Promise<Receiver> {
  const child = new Child<SinkRequest, number>('receivers/sink-process.ts');
  return {
    name: 'embedded sink',
    port: await child.ask({listen: security}),
    security,
    count: () => child.ask({count: true}),
    close: () => child.close(),
  };
}
