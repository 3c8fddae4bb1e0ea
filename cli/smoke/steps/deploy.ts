// Step: the stage is made, and its smarthost set.

import type {Belief} from '../belief.ts';
import {quote} from '../belief.ts';
import {smokeContext} from '../deployment.ts';
import type {Step} from '../step.ts';

const made: Belief = {
  id: 'deploy/made',
  says: 'cdk deploy makes the whole stage, with roles, policies and alarms as AWS takes them.',
  quotes: [quote('deploy.md', '`cdk deploy` makes one stack for each stage')],
};

/** Settings with a smarthost count when they have been left alone for a minute, and are read once a minute. */
const settledMs = 121_000;

export const deploy: Step = {
  name: 'deploy',
  about: 'deploys the stage; this takes some minutes',
  beliefs: [made],
  async run(trial, notes) {
    const {deployment, smarthost} = trial.options;
    await deployment.deploy(smokeContext);
    const {names} = trial;
    const all = [names.outbox, names.waiting, names.waitingSoon, names.held, names.delivery];
    await Promise.all(all.map(name => trial.urlOf(name)));
    notes.found(made, true, 'the stack is there, and its queues too');
    if (smarthost === undefined) return;
    await trial.set('smarthost', smarthost.host);
    await trial.set('smarthost-port', String(smarthost.port));
    await trial.pass(settledMs);
  },
};
