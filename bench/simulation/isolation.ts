// The situations of the benchmark's case of the same name, on the simulation's clock, with healthy mail for longer.

import type {Delays} from '../isolation/measured.ts';
import {healthyOf, messagesPerSecond, type Parcel, queuedOf, type Situation} from '../isolation/situation.ts';
import {domainOf} from '../mail.ts';
import {Pipeline} from './pipeline.ts';
import {far, type Trouble} from './servers.ts';

const troubles: Readonly<Record<'dead' | 'slow', Trouble>> = {dead: 'hangs', slow: 'replies-late'};

export async function simulateSituation(situation: Situation, messages: number): Promise<Delays> {
  const {trouble} = situation;
  const healthy = healthyOf(situation, messages);
  const bad = new Set(queuedOf(situation).map(({recipient}) => domainOf(recipient)));
  const kind = trouble === 'dead' || trouble === 'slow' ? troubles[trouble] : undefined;
  const pipeline = new Pipeline({
    serverOf: receiver => ({...far, troubleAt: () => (bad.has(receiver) ? kind : undefined)}),
    classOf: receiver => (bad.has(receiver) ? 'bad' : 'healthy'),
  });
  const {clock, outbox, maker, fates} = pipeline;
  const send = ({recipient}: Parcel) =>
    outbox.send([maker.make(recipient.split('@')[0]!, domainOf(recipient), clock.nowMs)]);
  void (async () => {
    for (const parcel of queuedOf(situation)) send(parcel);
    for (const parcel of healthy) {
      send(parcel);
      await clock.sleep(1000 / messagesPerSecond);
    }
  })();
  await clock.run(() => fates.settled.get('healthy') === messages);
  const [median = Number.NaN, p99 = Number.NaN] = fates.delays.get('healthy')!.quantiles([0.5, 0.99]);
  const missing = messages - fates.delays.get('healthy')!.count;
  return {subject: 'relayq', messages, median, p99, missing};
}
