// Which stage the page is about, and what may be done there.

import {version as relayq} from '../../command/version.ts';
import type {Route} from '../visit.ts';

/** Who may not ask for the account is told the rest soon. */
const accountMs = 3000;

export const session: Route = {
  method: 'GET',
  path: /^\/api\/session$/,
  async answer({context, state}) {
    const {clients, stage, readOnly, signal} = context;
    const [region, account] = await Promise.all([
      clients.region(),
      state.account(AbortSignal.any([signal, AbortSignal.timeout(accountMs)])),
    ]);
    return {
      stage,
      region,
      account,
      endpointUrl: clients.endpointUrl ?? null,
      isLocal: state.isLocal,
      readOnly,
      relayq,
    };
  },
};
