// keeper: looks after held mail on a schedule. While there is none, that is one request.

import {namesOf, needs} from '../../shared/names.ts';
import {HeldTable} from '../receivers/held-table.ts';
import {dynamoDbClient, sqsClient, ssmClient} from '../runtime/clients.ts';
import {readEnvironment} from '../runtime/environment.ts';
import {log} from '../runtime/log.ts';
import {SettingsSource} from '../runtime/settings-source.ts';
import {Sqs} from '../runtime/sqs.ts';
import {Keeper} from './keeper.ts';

const environment = readEnvironment(needs.keeper);
const {stage, heldUrl, waitingSoonUrl, settingsMaxAgeMs: maxAgeMs} = environment;
const {parameterPath: path, state: tableName} = namesOf(stage);
const keeper = new Keeper({
  sqs: new Sqs(sqsClient()),
  urls: {held: heldUrl, waitingSoon: waitingSoonUrl},
  settings: new SettingsSource({client: ssmClient(), path, log, maxAgeMs}),
  table: new HeldTable({client: dynamoDbClient(), tableName, log}),
  log,
  now: Date.now,
});

interface Context {
  getRemainingTimeInMillis(): number;
}

export const handler = (_event: unknown, context: Context): Promise<void> =>
  keeper.run(() => context.getRemainingTimeInMillis());
