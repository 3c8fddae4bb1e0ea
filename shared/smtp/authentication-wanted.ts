// A smarthost or sink that wants authentication, or will not relay for us, says so in many ways. It refuses us and not
// the recipient: the settings are to be put right, and the message can wait. The words are those of Postfix, Exim,
// Sendmail, qmail, Exchange, and of the large services. A server that an MX record names is not asked to relay.

import type {Failure, Stage} from './verdict.ts';

/** RFC 4954 6: authentication is required, its mechanism too weak, it failed, or it needs encryption. */
const codes: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/** At the dot it is the content that is refused. */
const stages: ReadonlySet<Stage> = new Set(['ehlo', 'helo', 'mailfrom', 'rcptto', 'data']);

/**
 * RFC 3463 3.8 up to 5.7.19: the security of the session. What follows is of the message's own proofs (RFC 7372), and
 * Exchange's 5.7.1xx of who may write to a recipient, but for its words on relaying. 5.5.x, 5.1.0 and 5.0.0 say nothing.
 */
const statuses = /^[45]\.(?:7\.(?:1?\d|54|57|64)|5\.\d|[01]\.0)$/;

const words =
  /\b(?:relay(?:s|ed|ing)?|authenticat\w*|auth|unauthenticated (?:senders?|users?|clients?|hosts?|sessions?|connections?)|log(?:ged)?[ -]?in|credentials?|rcpthosts|pop[ -]before[ -]smtp)\b|client host rejected: access denied/i;

/** Not of a domain's or a recipient's permission: nobody's but ours to use the server. */
const unauthorised =
  /(?<!delivery )\b(?:not (?:been )?authori[sz]ed|unauthori[sz]ed)\b(?![^.;]{0,80}\b(?:as|for|from|on behalf|(?:send|write|post)\b.{0,40} to)\b)/i;

/** What else these words are used for: proofs of the message, lists of senders, recipients, another server's reply. */
const otherwise =
  /\b(?:spf|dkim|dmarc|arc|spam|virus|dnsbl|rbl|block ?list(?:ed)?|blacklist(?:ed)?|open relay|relay recipient table|(?:user|recipient) unknown|unknown (?:user|recipient)|no such user|mailing list|undeliverable|(?:e-?mail|message|domain) authentication|authentication (?:checks?|results?|polic\w+|level)|fail(?:s|ed) authentication)\b|\bsaid:|\b(?:e-?mail|message|domain)\b[^.;]{0,40}\b(?:not|cannot|could not)\b[^.;]{0,20}\bauthenticated/i;

/** What Postfix says on its submission port, and what an access table says of a recipient: the same. */
const denied = /(?<!sender address rejected: )\baccess denied\b/i;

/** Without addresses, host names and URLs: those may hold any word. */
const withoutNames = (text: string): string =>
  text
    .split(/\s+/)
    .filter(word => !/[@/<>]|[\w-]\.[\w-]/.test(word))
    .join(' ');

/** @param couldAuthenticate whether the server offers AUTH, and we have given it nothing */
export function wantsAuthentication(
  {stage, reply, fact}: Pick<Failure, 'stage' | 'reply' | 'fact'>,
  couldAuthenticate: boolean,
): boolean {
  if (fact !== undefined || reply === undefined) return false;
  const {code, status, text} = reply;
  if (codes.has(code)) return stages.has(stage) || stage === 'message';
  if (!stages.has(stage) || (code < 500 && code !== 454)) return false;
  if (status !== undefined && !statuses.test(status)) return false;
  const said = withoutNames(text);
  // Exchange's RESOLVER.RST.… is about who may write to a recipient.
  if (otherwise.test(said) || text.includes('RESOLVER.')) return false;
  return words.test(said) || unauthorised.test(said) || (couldAuthenticate && denied.test(said));
}

export const authenticationWantedOf = (failure: Failure): Failure => ({
  ...failure,
  fact: 'authentication-wanted',
  description: `the server wants authentication, or does not relay for us: ${failure.description}`,
});

/** Whether it takes somebody who puts the settings right: we were refused as such, or had nothing to show. */
export function isOfOurSetUp({stage, reply, fact}: Failure): boolean {
  if (fact !== undefined)
    return fact === 'auth-not-offered' || fact === 'auth-needs-tls' || fact === 'authentication-wanted';
  // 432: a password transition is needed (RFC 4954 6). 454 is trouble of the server's own.
  return stage.startsWith('auth') && reply !== undefined && (reply.code >= 500 || reply.code === 432);
}
