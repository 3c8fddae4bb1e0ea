import {afterEach, expect, test, vi} from 'vitest';
import {defaultProvider} from '../../../functions/runtime/environment-credentials.ts';

afterEach(() => vi.unstubAllEnvs());

test.each<[string, Record<string, string | undefined>, object]>([
  [
    'of a role',
    {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token'},
    {accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token'},
  ],
  [
    'without a session',
    {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: ''},
    {accessKeyId: 'id', secretAccessKey: 'secret'},
  ],
])('credentials %s are read from the environment', async (_, variables, credentials) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  expect(await defaultProvider()()).toEqual(credentials);
});

test('without them it says so', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  await expect(defaultProvider()()).rejects.toThrow('no credentials');
});
