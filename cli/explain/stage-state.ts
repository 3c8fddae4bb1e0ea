// What the functions know of a stage, read as they read it and left as it is: settings, receivers in trouble, slots. What one
// environment alone remembers cannot be seen from here.

import {KeyStore} from '../../functions/deliver/dkim/key-store.ts';
import {Signer} from '../../functions/deliver/dkim/signer.ts';
import {ReceiverTable} from '../../functions/receivers/receiver-table.ts';
import {Receivers} from '../../functions/receivers/receivers.ts';
import {SlotTable} from '../../functions/receivers/slot-table.ts';
import {defaultSettingsMaxAgeS} from '../../functions/runtime/environment.ts';
import {settleMsOf} from '../../functions/runtime/settings-source.ts';
import {readEntries} from '../../functions/suppression/read-entries.ts';
import type {LookUp} from '../../shared/delivery/gates/suppression.ts';
import {reserve} from '../../shared/delivery/rate.ts';
import {namesOf} from '../../shared/names.ts';
import {parseSettings, type Reading} from '../../shared/settings/settings.ts';
import {parametersOf, type StoredParameter} from '../aws/parameters.ts';
import type {Context} from '../command/context.ts';

export interface StageState {
  readonly parameters: readonly StoredParameter[];
  readonly reading: Reading;
  /** Claims and other changes stay here: nothing is written. */
  readonly receivers: Receivers;
  readonly slots: Pick<SlotTable, 'reserve'>;
  readonly signer: Signer;
  /** @throws Error when the suppression list cannot be read */
  readonly suppressed: LookUp;
}

export async function stageStateOf({clients, stage, now, signal}: Context): Promise<StageState> {
  const names = namesOf(stage);
  const table = new ReceiverTable(clients.dynamoDb, names.receivers);
  const [parameters, entries] = await Promise.all([
    parametersOf(clients.ssm, names.parameterPath),
    table.all(now()).catch((error: Error) => {
      throw error.name === 'ResourceNotFoundException'
        ? new Error(`there is no table ${names.receivers}: is stage ${stage} deployed there?`, {cause: error})
        : error;
    }),
  ]);
  const nowMs = now();
  const maxAgeMs = defaultSettingsMaxAgeS * 1000;
  const clock = {nowMs, settleMs: settleMsOf(maxAgeMs), nextMs: nowMs + maxAgeMs};
  const read = parameters.map(({name, value, modifiedMs}) => ({name, value, modifiedMs: modifiedMs}));
  const receivers = new Receivers({
    table: {
      all: async () => entries,
      // As if the write had counted.
      replace: async (_, before, entry) => ({
        done: true,
        stored: entry && {version: (before?.version ?? 0) + 1, entry},
      }),
    },
    log: () => {},
    now,
    // It decides in which group a probe goes, and how often others do.
    groups: 1,
  });
  await receivers.refresh();
  const slots = new SlotTable(clients.dynamoDb, names.state);
  return {
    parameters,
    reading: parseSettings(read, undefined, clock),
    receivers,
    signer: new Signer({
      keys: new KeyStore({client: clients.ssm, path: names.dkimPath, log: () => {}, now}),
      now,
    }),
    suppressed: keys => readEntries(clients.dynamoDb, names.suppressions, keys, signal),
    slots: {
      reserve: async (key, count, rate, atMs) => reserve(await slots.nextMsOf(key), count, rate, atMs)?.slots,
    },
  };
}
