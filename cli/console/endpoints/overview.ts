// What is active, what is stuck, and why: what `relayq status --json` prints.

import type {Route} from '../visit.ts';

export const overview: Route = {
  method: 'GET',
  path: /^\/api\/overview$/,
  keptMs: 2000,
  async answer({state}) {
    const document = await state.watch.observe();
    return {...document, source: 'SQS attributes, SSM, DynamoDB, log of the last hour'};
  },
};
