// Step: mail goes through the pipeline, and its results come.

import {isJsonObject} from '../../../shared/json.ts';
import {enqueueOne} from '../../../submission/enqueue.ts';
import {type Belief, quote} from '../belief.ts';
import type {Step} from '../step.ts';

const one: Belief = {
  id: 'send/one',
  says: 'A message gets a result, and its id there is the one that SQS gave it on the outbox.',
  quotes: [quote('results.md', 'the SQS message ID of the message on the outbox')],
};
const fate: Belief = {
  id: 'send/fate',
  says: 'Mail reaches its smarthost; without one, a domain that does not exist is a bounce at the first attempt.',
};
const batch: Belief = {id: 'send/batch', says: 'Ten messages of one request all get their results.'};
const once: Belief = {
  id: 'send/once',
  says: 'Each message has one final result.',
};
const bytes: Belief = {
  id: 'send/bytes',
  says: 'SQS and Lambda carry a text as it is: tabs, bare blanks, letters of all lengths in UTF-8.',
};

/** What somebody on the way may be tempted to change. SQS takes no other control characters. */
const oddText =
  'Subject: odd\r\n\r\n\ttab\r\n trailing blanks  \r\n..two dots\r\n' +
  'é ß € 漢 😀 \ufeff \u0085 \u2028 \u200f \ufffd \u007f <&>"\'\\u0041 %20\r\n\r\n\r\n';

export const send: Step = {
  name: 'send',
  about: 'sends some messages',
  beliefs: [one, fate, batch, once, bytes],
  async run(trial, notes) {
    const {sqs} = trial.context.clients;
    const single = trial.mail();
    const outboxUrl = await trial.urlOf(trial.names.outbox);
    const id = await enqueueOne(
      sqs,
      outboxUrl,
      {source: single.mark, body: single.body},
      trial.context.signal,
    );
    const [missing] = await trial.results.await([single.mark]);
    const [result] = trial.results.of(single.mark);
    const relayq = isJsonObject(result?.relayq) ? result.relayq : {};
    notes.found(
      one,
      missing === undefined && relayq.id === id,
      missing === undefined ? `sent as ${id}, told as ${relayq.id}` : `${id} has no result`,
    );
    notes.found(
      fate,
      result?.fate === trial.fate,
      `${result?.fate ?? 'no fate'}, ${trial.fate} was expected`,
    );

    const ten = trial.mails(10);
    await trial.send(ten);
    const {lost} = await trial.settled(ten.map(({mark}) => mark));
    notes.found(batch, lost === 0, `${10 - lost} of 10 results`);

    const odd = trial.mail({mime: oddText, keepmime: true});
    await trial.send([odd]);
    await trial.results.await([odd.mark]);
    const [kept] = trial.results.of(odd.mark);
    const isSame = kept?.mime === oddText;
    notes.found(
      bytes,
      isSame,
      isSame ? `${Buffer.byteLength(oddText)} octets, the same` : differenceOf(kept?.mime),
    );

    const all = [single, ...ten, odd].map(({mark}) => mark);
    const {twice} = await trial.settled(all);
    notes.found(once, twice === 0, `of ${all.length} messages ${twice} have more than one`);
  },
};

function differenceOf(text: unknown): string {
  if (typeof text !== 'string') return 'the result has no text';
  const at = [...oddText].findIndex((character, index) => [...text][index] !== character);
  return `the texts part at character ${at}: ${JSON.stringify([...text].slice(at, at + 10).join(''))}`;
}
