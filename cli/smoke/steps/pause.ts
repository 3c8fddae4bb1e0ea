// Step: a pause puts mail aside, and the keeper brings it back.

import {QueueDepths} from '../../aws/queue-depths.ts';
import {type Belief, quote} from '../belief.ts';
import type {Step} from '../step.ts';

const held: Belief = {
  id: 'pause/held',
  says: 'From 75 s after a pause is written no mail goes: it lies in the queue held.',
  quotes: [quote('steering.md', 'No transaction begins later than 75 s after it is written')],
};
const back: Belief = {
  id: 'pause/back',
  says: 'The keeper, which EventBridge runs, sends it on within five minutes, and each message has one final result.',
  quotes: [
    quote('limits.md', '| held mail goes on after its pause | within 5 minutes;'),
    quote('steering.md', 'The function *keeper* runs every five minutes.'),
  ],
};

const countsMs = 76_000;
const messages = 5;
/** Five minutes, and the minute for which settings are kept. */
const backMs = 6 * 60_000;

export const pause: Step = {
  name: 'pause',
  about: 'pauses mail, and lets it go; this takes up to ten minutes',
  beliefs: [held, back],
  async run(trial, notes) {
    await trial.set('pauses/smoke', JSON.stringify({reason: 'smoke', all: true}));
    await trial.pass(countsMs);
    const mails = trial.mails(messages);
    const marks = mails.map(({mark}) => mark);
    await trial.send(mails);
    const depths = new QueueDepths(trial.context);
    let counted = 0;
    await trial.until(
      async () => {
        const [depth] = await depths.of([trial.names.held]);
        counted = depth === undefined ? 0 : depth.visible + depth.inFlight + depth.delayed;
        return counted === messages ? true : undefined;
      },
      {withinMs: 90_000},
    );
    await trial.results.drain();
    const gone = marks.filter(mark => trial.results.of(mark).length > 0).length;
    notes.found(
      held,
      counted === messages && gone === 0,
      `of ${messages} messages ${counted} are held, ${gone} went`,
    );
    await trial.unset('pauses/smoke');
    const isBack = await trial.until(
      async () => {
        await trial.results.drain();
        return marks.every(mark => trial.results.of(mark).length > 0) || undefined;
      },
      {withinMs: backMs, everyMs: 60_000},
    );
    const {lost, twice} = isBack ? await trial.settled(marks) : {lost: messages, twice: 0};
    const came = marks.filter(mark => trial.results.of(mark).length > 0).length;
    notes.found(back, lost === 0 && twice === 0, `${came} of ${messages} came back, ${twice} twice`);
  },
};
