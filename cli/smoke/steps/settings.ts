// Step: parameters of SSM count without a deploy.

import {isJsonObject} from '../../../shared/json.ts';
import {type Belief, quote} from '../belief.ts';
import type {Step} from '../step.ts';
import type {Trial} from '../trial.ts';

const minute: Belief = {
  id: 'settings/minute',
  says: 'A setting that is written, or removed, counts within a minute in every environment.',
  quotes: [quote('limits.md', "| a setting's change | within a minute |")],
};
const secret: Belief = {
  id: 'settings/secret',
  says: 'The functions can read a SecureString under the account’s own key, alias/aws/ssm.',
};

/** What a minute and the reading itself take. */
const countsMs = 62_000;

export const settings: Step = {
  name: 'settings',
  about: 'writes settings, and looks when they count',
  beliefs: [minute, secret],
  async run(trial, notes) {
    // Environments that are warm have read the settings as they were.
    await endsBy(trial, undefined);
    const error = JSON.stringify({reason: 'smoke', code: 550, status: '5.7.1', all: true});
    await trial.set('errors/smoke', error);
    await trial.pass(countsMs);
    const set = await endsBy(trial, 'errors/smoke');
    await trial.unset('errors/smoke');
    await trial.pass(countsMs);
    const removed = await endsBy(trial, undefined);
    notes.found(
      minute,
      set === 10 && removed === 10,
      `of ten messages ${set} obeyed it when it was set, ${removed} when it was removed`,
    );

    await trial.set('errors/secret', error, 'SecureString');
    await trial.pass(countsMs);
    const read = await endsBy(trial, 'errors/secret');
    await trial.unset('errors/secret');
    await trial.pass(countsMs);
    notes.found(secret, read === 10, `of ten messages ${read} obeyed it`);
  },
};

/** @returns how many of ten messages end by the forced error, or by none */
async function endsBy(trial: Trial, forced: string | undefined): Promise<number> {
  const mails = trial.mails(10);
  await trial.send(mails);
  const marks = mails.map(({mark}) => mark);
  await trial.results.await(marks);
  return marks.filter(mark => {
    const [result] = trial.results.of(mark);
    const entry = Array.isArray(result?.results) ? result.results.at(-1) : undefined;
    return result !== undefined && (isJsonObject(entry) ? entry.forced : undefined) === forced;
  }).length;
}
