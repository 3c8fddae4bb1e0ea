// The mail that the sink has, for people: GET /_relayq/mail of the endpoint lists what is in memory, /_relayq/mail/1 is the
// text of a message.

import type {Door, Reply} from '../endpoint/door.ts';
import type {Sink} from './sink.ts';

const place = /^\/_relayq\/mail(?:\/(\d{1,15}))?$/;

export const mailDoor = (sink: Pick<Sink, 'messages'>): Door => ({
  takes: ({path}) => place.test(path),
  async reply({request, path}) {
    if (request.method !== 'GET') return text(405, `${request.method}: only GET\n`);
    const [, number] = place.exec(path) ?? [];
    if (number === undefined) return list(sink);
    const message = sink.messages.find(each => each.number === Number(number));
    return message === undefined ? text(404, `no mail ${number} is in memory\n`) : text(200, message.raw);
  },
});

function list({messages}: Pick<Sink, 'messages'>): Reply {
  const facts = messages.map(({raw: _, ...rest}) => rest);
  const headers = {'content-type': 'application/json'};
  return {status: 200, headers, body: `${JSON.stringify(facts, null, 2)}\n`};
}

/** A browser must not take a stranger's mail for a page. */
const text = (status: number, body: string | Uint8Array): Reply => ({
  status,
  headers: {'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff'},
  body,
});
