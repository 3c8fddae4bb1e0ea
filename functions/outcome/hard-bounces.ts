// Has hard bounces counted for the suppression list. It comes behind the results in a list of listeners: they do not wait
// for it, and no failure here loses one.

import type {HardBounce} from '../../shared/delivery/suppression/hard-bounce.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {OutcomeListener} from './outcome-writer.ts';

interface Counter {
  /** @throws Error when it could not be counted */
  count(bounce: HardBounce): Promise<void>;
}

export const hardBounces = (counter: Counter, log: Log): OutcomeListener => ({
  publish: async outcomes => {
    const bounces = outcomes.flatMap(outcome =>
      'hardBounce' in outcome && outcome.hardBounce !== undefined ? [outcome.hardBounce] : [],
    );
    await Promise.all(
      bounces.map(async bounce => {
        try {
          await counter.count(bounce);
        } catch (error) {
          const message =
            'a hard bounce is not in the suppression list; the next one of its recipient will be';
          log('error', message, {id: bounce.id, recipient: bounce.who, error: errorText(error)});
        }
      }),
    );
    return new Map();
  },
});
