// A Parameter Store on a free port, with the real SDK in front of it.

import {
  GetParameterCommand,
  GetParametersByPathCommand,
  type GetParametersByPathCommandInput,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {ssmService} from '../../../local/ssm/service.ts';
import {Ssm} from '../../../local/ssm/ssm.ts';
import type {Store} from '../../../local/store/store.ts';
import {sdkOptions} from '../../sdk-options.ts';

const accountId = '000000000000';

export class SsmUnderTest {
  readonly ssm: Ssm;
  readonly client: SSMClient;
  readonly endpoint: Endpoint;

  private constructor(ssm: Ssm, endpoint: Endpoint) {
    this.ssm = ssm;
    this.endpoint = endpoint;
    this.client = new SSMClient({...sdkOptions(endpoint.url), maxAttempts: 1});
  }

  static async start(options: {store?: Store; now?: () => number} = {}): Promise<SsmUnderTest> {
    const ssm = new Ssm({region: 'us-east-1', accountId, ...options});
    return new SsmUnderTest(ssm, await listen(awsDoors([ssmService(ssm)]), {port: 0}));
  }

  /** A String, unless said otherwise. */
  put(Name: string, Value: string, extra: Partial<PutParameterCommandInput> = {}) {
    return this.client.send(new PutParameterCommand({Name, Value, Type: 'String', ...extra}));
  }

  update(Name: string, Value: string, extra: Partial<PutParameterCommandInput> = {}) {
    return this.client.send(new PutParameterCommand({Name, Value, Overwrite: true, ...extra}));
  }

  async get(Name: string, WithDecryption?: boolean) {
    const {Parameter} = await this.client.send(new GetParameterCommand({Name, WithDecryption}));
    return Parameter!;
  }

  byPath(Path: string, extra: Partial<GetParametersByPathCommandInput> = {}) {
    return this.client.send(new GetParametersByPathCommand({Path, ...extra}));
  }

  async namesBelow(path: string, extra: Partial<GetParametersByPathCommandInput> = {}) {
    const {Parameters = []} = await this.byPath(path, extra);
    return Parameters.map(({Name}) => Name);
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.endpoint.close();
  }
}

/** The name of the error that it ends with. */
export const errorOf = (sending: Promise<unknown>): Promise<string> =>
  sending.then(
    () => 'no error',
    (error: Error) => error.name,
  );
