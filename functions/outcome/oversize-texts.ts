// Keeps texts that are no messages and too large to be quoted in their results: in a queue of their own. It comes before
// the results in a list of listeners, as a result says where its text is.

import type {Outcome} from '../../shared/delivery/outcome.ts';
import {invalidResultOf} from '../../shared/delivery/result.ts';
import type {Sqs} from '../runtime/sqs.ts';
import type {OutcomeListener} from './outcome-listener.ts';

export const oversizeTexts = (sqs: Sqs, url: string): OutcomeListener => ({
  publish: async outcomes => {
    const oversize = [...outcomes.entries()].flatMap(([index, outcome]) => {
      const body = oversizeTextOf(outcome);
      return body === undefined ? [] : [{index, body}];
    });
    const untaken = await sqs.sendAll(url, oversize);
    return new Map([...untaken].map(([at, reason]) => [oversize[at]!.index, reason]));
  },
});

const oversizeTextOf = (outcome: Outcome): string | undefined =>
  outcome.fate === 'invalid' && !invalidResultOf(outcome).isQuoted ? outcome.record.body : undefined;
