// Keeps texts that are no messages and too large to be quoted in their results: in a queue of their own. It comes before
// the results in a list of listeners, as a result says where its text is.

import {invalidResultOf} from '../../shared/delivery/result.ts';
import type {Sqs} from '../runtime/sqs.ts';
import type {OutcomeListener} from './outcome-writer.ts';

export const oversizeTexts = (sqs: Sqs, url: string): OutcomeListener => ({
  publish: async outcomes => {
    const texts = outcomes.flatMap(outcome =>
      outcome.fate === 'invalid' && !invalidResultOf(outcome).isQuoted
        ? [{outcome, body: outcome.record.body}]
        : [],
    );
    const untaken = await sqs.sendAll(url, texts);
    return new Map([...untaken].map(([{outcome}, reason]) => [outcome, reason]));
  },
});
