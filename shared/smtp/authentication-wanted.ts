// A smarthost or sink that wants authentication, or does not relay for us, says so in many ways. It refuses us and
// not the recipient: somebody has to put the settings right, and the message can wait. The words are those of
// Postfix, Exim, Sendmail, qmail, Exchange, and of the large services. None of this is for MX hosts: nobody asks them
// to relay.

import type {Failure, Stage} from './failure.ts';

/** RFC 4954 6: authentication is required, its mechanism too weak, it failed, or it needs encryption. */
export const authenticationCodes: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/** A refusal of the dot is one of the content. */
const stages: ReadonlySet<Stage> = new Set(['ehlo', 'helo', 'mailfrom', 'rcptto', 'data']);

/**
 * Statuses that leave it open. RFC 3463 3.8 up to 5.7.19 is about the security of the session. Higher ones are about
 * the message's own proofs (RFC 7372) or, as Exchange's 5.7.1xx, about who may write to a recipient; but 5.7.54,
 * 5.7.57 and 5.7.64 are Exchange's on relaying. 5.5.x, 5.1.0 and 5.0.0 say nothing.
 */
const statuses = /^[45]\.(?:7\.(?:1?\d|54|57|64)|5\.\d|[01]\.0)$/;

const words =
  /\b(?:relay(?:s|ed|ing)?|authenticat\w*|auth|unauthenticated (?:senders?|users?|clients?|hosts?|sessions?|connections?)|log(?:ged)?[ -]?in|credentials?|rcpthosts|pop[ -]before[ -]smtp)\b|client host rejected: access denied/i;

/** Words on our permission to use the server, not on that of a domain or for a recipient. */
const unauthorised =
  /(?<!delivery )\b(?:not (?:been )?authori[sz]ed|unauthori[sz]ed)\b(?![^.;]{0,80}\b(?:as|for|from|on behalf|(?:send|write|post)\b.{0,40} to)\b)/i;

/** What else such words are about: proofs of the message, lists of senders, recipients, another server's reply. */
const otherwise =
  /\b(?:spf|dkim|dmarc|arc|spam|virus|dnsbl|rbl|block ?list(?:ed)?|blacklist(?:ed)?|open relay|relay recipient table|(?:user|recipient) unknown|unknown (?:user|recipient)|no such user|mailing list|undeliverable|(?:e-?mail|message|domain) authentication|authentication (?:checks?|results?|polic\w+|level)|fail(?:s|ed) authentication)\b|\bsaid:|\b(?:e-?mail|message|domain)\b[^.;]{0,40}\b(?:not|cannot|could not)\b[^.;]{0,20}\bauthenticated/i;

/** Postfix says this on its submission port. An access table says the same of a recipient. */
const denied = /(?<!sender address rejected: )\baccess denied\b/i;

/** Addresses, host names and URLs may hold any word: they are left out. */
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
  if (authenticationCodes.has(code)) return stages.has(stage) || stage === 'message';
  if (!stages.has(stage) || (code < 500 && code !== 454)) return false;
  if (status !== undefined && !statuses.test(status)) return false;
  const said = withoutNames(text);
  // Exchange's RESOLVER.RST.… is about who may write to a recipient.
  if (otherwise.test(said) || text.includes('RESOLVER.')) return false;
  return words.test(said) || unauthorised.test(said) || (couldAuthenticate && denied.test(said));
}

/** A failure at a smarthost or sink: as what it is, where it is one of authentication. */
export function relayFailureOf(failure: Failure, couldAuthenticate: boolean): Failure {
  if (!wantsAuthentication(failure, couldAuthenticate)) return failure;
  const description = `the server wants authentication, or does not relay for us: ${failure.description}`;
  return {...failure, fact: 'authentication-wanted', description};
}

/** Whether somebody has to put the settings right: the server refused us as such, or we had nothing to show. */
export function isOfOurSetUp({stage, reply, fact}: Failure): boolean {
  if (fact !== undefined)
    return fact === 'auth-not-offered' || fact === 'auth-needs-tls' || fact === 'authentication-wanted';
  // 432 asks for a change of the password (RFC 4954 6). 454 is a problem of the server's own.
  return stage.startsWith('auth') && reply !== undefined && (reply.code >= 500 || reply.code === 432);
}
