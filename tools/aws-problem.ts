// What AWS, its SDK or the network has against a call, in one line that says what to do.

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

export const isUnreachable = ({code}: NodeJS.ErrnoException): boolean =>
  code !== undefined && unreachable.has(code);

/** By the error's name, or by its words where the SDK has no name for it: what to do. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/^Error: Region is missing/, 'there is no AWS region: set AWS_REGION, or give your profile one'],
  [
    /^(?:CredentialsProvider|TokenProvider)Error: .*(?:expired|sso login)/is,
    'your AWS credentials have expired: log in again',
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
    'your AWS credentials have expired: log in again',
  ],
  [
    /Signature (?:expired|not yet current)|^RequestTimeTooSkewed/,
    'this machine’s clock is wrong, says AWS: set it',
  ],
  [
    /^(?:InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|InvalidSecurity|IncompleteSignature|MissingAuthenticationToken|AuthFailure)/,
    'AWS does not know your credentials: check AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and the region',
  ],
  [
    /^(?:AccessDenied|UnauthorizedOperation|OptInRequired|KMS\.AccessDenied)/,
    'your AWS credentials may not do this: they need sqs:GetQueueUrl and sqs:SendMessage on the outbox, for --wait also what docs/permissions.md says',
  ],
];

/** The error's own words stay, behind what to do. */
export function awsProblemOf(error: Error): string {
  const {name, message} = error;
  const [, todo] = advice.find(([pattern]) => pattern.test(`${name}: ${message}`)) ?? [];
  return todo === undefined ? message : `${todo} (${message.trim()})`;
}
