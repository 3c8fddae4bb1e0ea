// Step: the stack is deleted, and what stays is looked for.

import type {Belief} from '../belief.ts';
import {quote} from '../belief.ts';
import type {Step} from '../step.ts';
import {leftLogGroups, leftParameters, leftQueues} from '../what-is-left.ts';

const gone: Belief = {
  id: 'destroy/gone',
  says: 'With -c retain=false, cdk destroy leaves no queue and no log group.',
  quotes: [
    quote(
      'deploy.md',
      '`false` deletes queues with their mail, logs, the suppression list and the Elastic IP with the stack: for stages that are thrown away',
    ),
  ],
};
const parameters: Belief = {
  id: 'destroy/parameters',
  says: 'Settings are no part of the stack: they stay.',
};

export const destroy: Step = {
  name: 'destroy',
  about: 'deletes the stage; this takes some minutes',
  beliefs: [gone, parameters],
  async run(trial, notes) {
    await trial.set('max-attempts', '3');
    await trial.options.deployment.destroy();
    let left: readonly string[] = [];
    await trial.until(
      async () => {
        left = [...(await leftQueues(trial.context)), ...(await leftLogGroups(trial.context))];
        return left.length === 0 ? true : undefined;
      },
      {withinMs: 180_000},
    );
    notes.found(gone, left.length === 0, left.length === 0 ? 'nothing is left' : `left: ${left.join(', ')}`);
    const kept = await leftParameters(trial.context);
    const isThere = kept.some(name => name.endsWith('/max-attempts'));
    notes.found(parameters, isThere, isThere ? `${kept.length} are there` : 'they are gone');
  },
};
