// A Parameter Store on a free port that counts the uses of KMS, and the function's own client in front of it.

import type {SSMClient} from '@aws-sdk/client-ssm';
import {ssmClient} from '../../../functions/runtime/clients.ts';
import {SettingsSource} from '../../../functions/runtime/settings-source.ts';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsService} from '../../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {withKeys} from '../../../local/ssm/key-uses.ts';
import {ssmService} from '../../../local/ssm/service.ts';
import {Ssm} from '../../../local/ssm/ssm.ts';
import type {Throughput} from '../../../local/ssm/throughput.ts';

export const path = '/relayq/test/';

export class ParameterStore {
  nowMs = Date.parse('2030-01-01T12:00:00Z');
  /** Parameters that were decrypted. */
  decrypted: string[] = [];
  /** Calls that were answered, and that were refused. */
  calls = 0;
  refused = 0;
  readonly lines: Record<string, unknown>[] = [];
  readonly ssm: Ssm;
  /** Called before each call is answered. */
  before: (call: {readonly withDecryption: boolean}) => void | Promise<void> = () => {};
  #endpoint: Endpoint | undefined;
  readonly #clients: SSMClient[] = [];

  private constructor() {
    this.ssm = new Ssm({region: 'us-east-1', accountId: '000000000000', now: () => this.nowMs});
  }

  static async start({throughput}: {readonly throughput?: Throughput} = {}): Promise<ParameterStore> {
    const store = new ParameterStore();
    const service = withKeys(ssmService(store.ssm, throughput), store.ssm, (_, {action, parameterArn}) => {
      if (action === 'kms:Decrypt') store.decrypted.push(parameterArn.split('/').at(-1)!);
    });
    const counting: AwsService = {
      ...service,
      call: async request => {
        try {
          await store.before({withDecryption: request.input.WithDecryption === true});
          const answer = await service.call(request);
          store.calls += 1;
          return answer;
        } catch (error) {
          store.refused += 1;
          throw error;
        }
      },
    };
    store.#endpoint = await listen(awsDoors([counting]), {port: 0});
    process.env.AWS_ENDPOINT_URL = store.#endpoint.url;
    process.env.AWS_REGION = 'us-east-1';
    process.env.AWS_ACCESS_KEY_ID = 'AKIATEST';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    return store;
  }

  put(name: string, value: string): void {
    this.ssm.put(`${path}${name}`, value, {type: 'String'});
  }

  putSecret(name: string, value: string): void {
    this.ssm.put(`${path}${name}`, value, {type: 'SecureString'});
  }

  client(): SSMClient {
    const client = ssmClient();
    this.#clients.push(client);
    return client;
  }

  /** The settings of a new environment. */
  source(maxAgeMs = 60_000): SettingsSource {
    const log = (level: string, message: string, fields = {}) =>
      void this.lines.push({level, message, ...fields});
    return new SettingsSource({client: this.client(), path, log, maxAgeMs, now: () => this.nowMs});
  }

  /** @returns how many calls were answered, and what was decrypted, since this was asked last */
  spent() {
    const spent = {calls: this.calls, decrypted: this.decrypted};
    this.calls = 0;
    this.decrypted = [];
    return spent;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.#endpoint?.close();
  }
}
