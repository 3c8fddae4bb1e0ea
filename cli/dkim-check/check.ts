// `relayq dkim check`: whether receivers can tell that the mail of a domain is its own. Nothing is written, and no mail server is
// connected to.

import type {Command} from 'commander';
import {parseSigningDomain} from '../../shared/dkim/key-name.ts';
import {namesOf} from '../../shared/names.ts';
import {right} from '../../shared/parsed.ts';
import {parseSettings} from '../../shared/settings/settings.ts';
import {parseHost} from '../../shared/smtp/address.ts';
import {addressLiteralOf, familyOf} from '../../shared/smtp/ip-address.ts';
import {parametersOf} from '../aws/parameters.ts';
import type {Act, Acting} from '../command/command.ts';
import {UsageError} from '../command/problems.ts';
import {paintOf} from '../terminal/paint.ts';
import {countOf} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {authenticationOf} from './authentication.ts';
import {dataOf, isBad} from './finding.ts';
import {reportLines} from './report-text.ts';
import {storedKeysFor} from './stored-keys.ts';

interface CheckOptions {
  readonly fromAddress?: readonly string[];
  readonly helo?: string;
}

/** More are no help. */
const mostAddresses = 20;

/** @param dkim the command that it is below */
export const addCheck = (dkim: Command, acting: Acting): void =>
  void dkim
    .command('check')
    .summary('whether receivers can tell that mail of a domain is its own')
    .description(
      'Asks the DNS what receivers ask: the records of the stored DKIM keys, SPF, DMARC, and the names of the addresses ' +
        'that mail is sent from. Nothing is written. Exit status 1 where something is wrong.',
    )
    .argument('<domain>', 'the domain of From')
    .option('--from-address <ip...>', 'the addresses that mail is sent from, such as the NAT’s Elastic IP')
    .option('--helo <name>', 'what EHLO says, in place of helo-name')
    .action(acting(check));

const check: Act<[string, CheckOptions]> = async (context, given, {fromAddress = [], helo}) => {
  const domain = domainOf(given);
  const addresses = [...new Set(fromAddress.map(addressOf))];
  if (addresses.length > mostAddresses)
    throw new UsageError(`at most ${mostAddresses} addresses are looked at`);
  const heloName = helo === undefined ? undefined : heloOf(helo);
  const {clients, stage, terminal, json, now, local} = context;
  const parameters = await parametersOf(clients.ssm, namesOf(stage).parameterPath);
  const {settings} = parseSettings(parameters);
  const keys = await storedKeysFor(clients.ssm, stage, domain);
  const nowMs = now();
  const mail = {
    domain,
    envelope: {address: `postmaster@${domain}`, domain},
    addresses,
    helo: heloName ?? settings.heloName,
    smarthost: settings.smarthost?.hosts.join(', '),
  };
  const sections = await authenticationOf(mail, right(keys), settings, context);
  const wrong = sections.flatMap(({findings}) => findings.filter(isBad)).length;
  if (json) {
    const told = sections.map(dataOf);
    const time = timeText(nowMs, false);
    terminal.say(JSON.stringify({version: 1, stage, time, domain, ok: wrong === 0, sections: told}));
  } else {
    const paint = paintOf(terminal.hasColours);
    terminal.say(
      `${paint(`relayq ${stage}`, 'bold')}  ${timeText(nowMs, local)}  ${domain}, asked from this machine`,
    );
    terminal.say('');
    for (const line of reportLines(sections, {columns: terminal.columns, paint})) terminal.say(line);
    const verdict = wrong === 0 ? 'nothing is wrong' : `${countOf(wrong, 'thing is', 'things are')} wrong`;
    terminal.say(paint(verdict, wrong === 0 ? 'green' : 'red'));
  }
  return wrong === 0 ? 0 : 1;
};

function domainOf(text: string): string {
  const parsed = parseSigningDomain(text);
  if (parsed.ok) return parsed.value;
  throw new UsageError(`${JSON.stringify(text)} ${parsed.problem}`);
}

function addressOf(text: string): string {
  // In its shortest form, and IPv4 inside IPv6 as IPv4 (RFC 7208 5).
  const address = familyOf(text) === 0 ? undefined : addressLiteralOf(text);
  if (address !== undefined) return address.replace(/^\[(?:IPv6:)?|\]$/g, '');
  throw new UsageError(`--from-address ${JSON.stringify(text)} must be an IPv4 or IPv6 address`);
}

/** An address literal is no name, but EHLO may say one: it is told what is wrong with that. */
function heloOf(text: string): string {
  const parsed = parseHost(text);
  if (parsed.ok) return parsed.value;
  throw new UsageError(`--helo ${JSON.stringify(text)} ${parsed.problem}`);
}
