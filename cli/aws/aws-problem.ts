// Why a call to AWS failed, in one line that says what to do.

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

/** AWS cannot be reached or does not let us in, told in words that say what to do. */
export class NoAccess extends Error {
  override readonly name = 'NoAccess';
}

export const isUnreachable = ({code}: NodeJS.ErrnoException): boolean =>
  code !== undefined && unreachable.has(code);

/** What to do, by the error's name and words. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/^Error: Region is missing/, 'there is no AWS region: set AWS_REGION, or give your profile one'],
  [
    /^(?:CredentialsProvider|TokenProvider)Error: .*(?:expired|sso login)/is,
    'your AWS login has expired: type aws sso login, or renew your credentials',
  ],
  [
    /^(?:CredentialsProvider|TokenProvider)Error: .*profile/is,
    'your AWS profile has no credentials: see AWS_PROFILE and ~/.aws',
  ],
  [
    /^(?:CredentialsProvider|TokenProvider)Error/,
    'there are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ],
  [
    /^(?:ExpiredToken|RequestExpired|TokenRefreshRequired)/,
    'your AWS login has expired: type aws sso login, or renew your credentials',
  ],
  [
    /Signature (?:expired|not yet current)|^RequestTimeTooSkewed/,
    'the clock of this machine is wrong: set it',
  ],
  [
    /^(?:InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|InvalidSecurity|IncompleteSignature|MissingAuthenticationToken|AuthFailure)/,
    'AWS does not know your credentials: check AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and the region',
  ],
  [
    /^(?:AccessDenied|UnauthorizedOperation|OptInRequired|KMS\.AccessDenied)/,
    'your AWS credentials may not do this: docs/permissions.md has what each command needs',
  ],
];

/** What to do where AWS cannot be reached, or does not let us in. */
export function accessProblemOf(error: Error): string | undefined {
  if (error instanceof NoAccess) return error.message;
  const cause = error.cause instanceof Error ? accessProblemOf(error.cause) : undefined;
  if (isUnreachable(error)) return 'nothing answers there';
  return cause ?? advice.find(([pattern]) => pattern.test(`${error.name}: ${error.message}`))?.[1];
}

/** What to do, and behind it the error's own words. */
export function awsProblemOf(error: Error): string {
  const {message} = error;
  const todo = accessProblemOf(error);
  return todo === undefined || todo === message ? message : `${todo} (${message.trim()})`;
}
