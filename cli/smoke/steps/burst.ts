// Step: more mail at once than the functions may take.

import {QueueDepths} from '../../aws/queue-depths.ts';
import type {Belief} from '../belief.ts';
import type {Step} from '../step.ts';

const all: Belief = {
  id: 'burst/all',
  says: 'Of 200 messages at once, for two environments, each has one final result.',
};
const letters: Belief = {
  id: 'burst/letters',
  says: 'What the functions have no time for waits, and does not become a dead letter.',
};

const messages = 200;

export const burst: Step = {
  name: 'burst',
  about: `sends ${messages} messages at once`,
  beliefs: [all, letters],
  async run(trial, notes) {
    const mails = trial.mails(messages);
    await trial.send(mails);
    const {lost, twice} = await trial.settled(mails.map(({mark}) => mark));
    notes.found(all, lost === 0 && twice === 0, `${lost} lost, ${twice} twice`);
    const {outboxDlq, waitingDlq, deliveryDlq} = trial.names;
    const depths = await new QueueDepths(trial.context).of([outboxDlq, waitingDlq, deliveryDlq]);
    const dead = depths.reduce((sum, {visible, inFlight}) => sum + visible + inFlight, 0);
    notes.found(letters, dead === 0, `${dead} dead letters`);
  },
};
