import {describe, expect, it} from 'vitest';
import {awsProblemOf} from '../../cli/aws/aws-problem.ts';

const errorOf = (name: string, message: string) => Object.assign(new Error(message), {name});

describe('why a call to AWS failed', () => {
  it.each([
    ['Error', 'Region is missing', /^there is no AWS region: /],
    [
      'CredentialsProviderError',
      'Could not load credentials from any providers',
      /^there are no AWS credentials: /,
    ],
    [
      'CredentialsProviderError',
      'Could not resolve credentials using profile: [x] in configuration/credentials file(s).',
      /^your AWS profile has no credentials: /,
    ],
    [
      'CredentialsProviderError',
      'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.',
      /^your AWS login has expired: .*type aws sso login/,
    ],
    [
      'TokenProviderError',
      "Token is expired. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
      /^your AWS login has expired: /,
    ],
    [
      'ExpiredToken',
      'The security token included in the request is expired',
      /^your AWS login has expired: type aws sso login, .*\(The security/,
    ],
    [
      'ExpiredTokenException',
      'The security token included in the request is expired',
      /^your AWS login has expired/,
    ],
    [
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
      /^AWS does not know your credentials/,
    ],
    [
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      /^AWS does not know your credentials/,
    ],
    [
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match',
      /^AWS does not know your credentials/,
    ],
    [
      'SignatureDoesNotMatch',
      'Signature expired: 20260101T000000Z is now earlier than',
      /^the clock of this machine is wrong/,
    ],
    [
      'AccessDenied',
      'User: arn:… is not authorized to perform: sqs:getqueueurl',
      /^your AWS credentials may not do this: .*permissions\.md.*\(User: arn/,
    ],
    ['AccessDeniedException', 'no', /^your AWS credentials may not do this: /],
  ])('%s: %s', (name, message, problem) => {
    expect(awsProblemOf(errorOf(name, message))).toMatch(problem);
  });

  it('is told in the words of an error that is not known', () => {
    expect(awsProblemOf(errorOf('Error', 'something else'))).toBe('something else');
  });
});
