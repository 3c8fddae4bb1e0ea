// Postfix relaying through `relayhost`: how fast it drains a queue that was filled while all mail was on hold.

import {mkdtemp} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import type {Reaper} from '../../local/lambda/reaper.ts';
import {sessionCpuSecondsOf} from '../process-figures.ts';
import type {Place} from '../receivers/place.ts';
import {PostfixInstance} from './postfix-instance.ts';
import {blast, writeSource} from './smtp-source.ts';
import type {RunFigures, Subject} from './subject.ts';

/** The queue is filled over SMTP, with as many connections as smtpd handles well. */
const fillConnections = 20;

/** When nothing has arrived for this long, the run has failed: a Postfix that stalls must not stall the benchmark. */
const stallMs = 60_000;

export async function postfixPeer(directory: string, reaper: Reaper): Promise<Subject | undefined> {
  if (PostfixInstance.unfit() !== undefined) return undefined;
  const file = await writeSource(directory);
  // One for each place and number of connections: its configuration is not changed while it runs.
  const instances = new Map<string, Promise<PostfixInstance>>();

  const startFor = async ({host, port}: Place, connections: number) =>
    PostfixInstance.start(
      await mkdtemp(join(directory, 'postfix-')),
      [
        `relayhost = [${host}]:${port}`,
        `default_destination_concurrency_limit = ${connections}`,
        `initial_destination_concurrency = ${connections}`,
        'smtp_tls_security_level = none',
        // All mail waits until it is released.
        'smtpd_data_restrictions = check_client_access static:HOLD',
      ],
      reaper,
    );
  const instanceFor = (place: Place, connections: number) => {
    const key = `${place.port} ${connections}`;
    const instance = instances.get(key) ?? startFor(place, connections);
    instances.set(key, instance);
    return instance;
  };

  return {
    name: 'Postfix',
    unfit: ({line: {security}}, connections) =>
      security === 'plain' && connections > 1 ? undefined : 'measured in clear, with several connections',
    warmUp: async () => {},
    async run(place, connections, messages): Promise<RunFigures> {
      const instance = await instanceFor(place, connections);
      await blast({file, host: '127.0.0.1', port: instance.port, connections: fillConnections, messages});
      const before = await place.receiver.count();
      const cpuBefore = sessionCpuSecondsOf(instance.master);
      let startedMs = Number.NaN;
      await instance.release(() => {
        startedMs = performance.now();
      });
      const elapsedMs = (await drained(place, before, messages)) - startedMs;
      const cpuSeconds = sessionCpuSecondsOf(instance.master) - cpuBefore;
      return {messages, elapsedMs, cpuSeconds, peakMB: Number.NaN};
    },
    async close() {
      for (const starting of instances.values()) await (await starting.catch(() => undefined))?.stop();
    },
  };
}

/** @returns when the last message had arrived */
async function drained({receiver}: Place, before: number, messages: number): Promise<number> {
  let arrivedMs = performance.now();
  for (let last = 0; last < messages; ) {
    await delay(2);
    const taken = (await receiver.count()) - before;
    if (taken > last) arrivedMs = performance.now();
    else if (performance.now() - arrivedMs > stallMs)
      throw new Error(`Postfix relayed ${taken} of ${messages} messages, and then none for a minute`);
    last = taken;
  }
  return arrivedMs;
}
