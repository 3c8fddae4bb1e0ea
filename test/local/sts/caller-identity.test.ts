import {GetCallerIdentityCommand, GetSessionTokenCommand, STSClient} from '@aws-sdk/client-sts';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {accessKeyIdOf} from '../../../local/lambda/environment-variables.ts';
import {sdkOptions} from '../../sdk-options.ts';
import {CloudsUnderTest, type CloudUnderTest} from '../cloud-under-test.ts';

const clouds = new CloudsUnderTest();
let under: CloudUnderTest;
beforeAll(async () => {
  under = await clouds.start('export const handler = async () => {};');
});
afterAll(() => clouds.stop());

async function identityOf(accessKeyId?: string) {
  const client = new STSClient(sdkOptions(under.cloud.url, accessKeyId));
  const {$metadata: _, ...identity} = await client.send(new GetCallerIdentityCommand());
  client.destroy();
  return identity;
}

describe('who calls', () => {
  it('is the root user of the account with any key', async () => {
    expect(await identityOf()).toEqual({
      UserId: '000000000000',
      Account: '000000000000',
      Arn: 'arn:aws:iam::000000000000:root',
    });
  });

  it('is the session of its role with the key of a function, without any permission', async () => {
    const [definition] = under.cloud.resources.functions;
    expect(await identityOf(accessKeyIdOf(definition!))).toEqual({
      UserId: expect.stringMatching(/^AROA[A-Z0-9]+:tested-function$/),
      Account: '000000000000',
      Arn: expect.stringMatching(/^arn:aws:sts::000000000000:assumed-role\/.+\/tested-function$/),
    });
  });

  it('is all that is answered', async () => {
    const client = new STSClient(sdkOptions(under.cloud.url));
    await expect(client.send(new GetSessionTokenCommand())).rejects.toThrow(
      'The local STS has no operation GetSessionToken.',
    );
    client.destroy();
  });
});
