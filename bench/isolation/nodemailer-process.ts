// nodemailer for many domains, as one would write it: workers take messages in the order in which they came, and send
// each through the pool of its domain. What fails is not tried again.

import {createTransport} from 'nodemailer';
import {answerParent} from '../child.ts';
import {addressOf} from '../internet/domains.ts';
import {mimeOf, sender, tenKB} from '../mail.ts';
import type {Parcel} from './situation.ts';

export type NodemailerTask = {readonly port: number} | {readonly parcels: readonly Parcel[]};

/** As many as the stack has environments, and as many connections to a domain as it has. */
const workers = 50;
const maxConnections = 2;

const raw = Buffer.from(mimeOf(tenKB));
const pools = new Map<number, ReturnType<typeof createTransport>>();
const waiting: Parcel[] = [];
let port = 0;
let busy = 0;

function poolOf(domain: number): ReturnType<typeof createTransport> {
  const known = pools.get(domain);
  if (known !== undefined) return known;
  const pool = createTransport({pool: true, host: addressOf(domain), port, maxConnections, ignoreTLS: true});
  pools.set(domain, pool);
  return pool;
}

async function work(): Promise<void> {
  busy += 1;
  for (let parcel = waiting.shift(); parcel !== undefined; parcel = waiting.shift())
    await poolOf(parcel.domain)
      .sendMail({envelope: {from: sender, to: [parcel.recipient]}, raw})
      .catch(() => {});
  busy -= 1;
}

answerParent<NodemailerTask, number>(task => {
  if ('port' in task) port = task.port;
  else {
    waiting.push(...task.parcels);
    while (busy < workers && waiting.length > 0) void work();
  }
  return waiting.length;
});
