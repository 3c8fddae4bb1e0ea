// The domains of the addresses in the From field (RFC 5322 3.6.2): signatures are for them. A text of a stranger may have
// anything there; what is no address has no domain.

import {parseMailbox} from '../smtp/address.ts';
import {sectionsOf} from './header-section.ts';

/** Further octets of the field, and further addresses, are not looked at. */
const [mostOctets, mostAddresses] = [16_384, 20];

/** In lower case and A-labels, each once. @param text with any line ends */
export function fromDomainsOf(text: string): readonly string[] {
  const header = Buffer.from(text.slice(0, headerEnd(text)).replace(/\r?\n/g, '\r\n'));
  const [field] = sectionsOf(header).fields.filter(({name}) => name === 'from');
  if (field === undefined) return [];
  const value = Buffer.from(field.raw, 'latin1').toString().slice('from:'.length, mostOctets);
  const domains = addressesIn(value)
    .slice(0, mostAddresses)
    .map(parseMailbox)
    .flatMap(mailbox => (mailbox.ok ? mailbox.value.domain : []));
  return [...new Set(domains)];
}

const headerEnd = (text: string): number => {
  const end = /\r?\n\r?\n/.exec(text)?.index;
  return end ?? text.length;
};

/** What stands in angle brackets, or alone, in a list with commas. Comments and names in quotes are passed over. */
function addressesIn(value: string): string[] {
  const addresses: string[] = [];
  let [plain, angle] = ['', ''];
  let [depth, isQuoted, isAngle] = [0, false, false];
  const add = (text: string) => {
    if (isAngle) angle += text;
    else plain += text;
  };
  const take = () => {
    // A group has a name and a colon before its addresses.
    const address = (angle === '' ? plain.replace(/^[^":]*:/, '') : angle).replace(/\s+/g, '');
    if (address !== '') addresses.push(address);
    [plain, angle] = ['', ''];
  };
  for (let at = 0; at < value.length; at++) {
    const character = value[at]!;
    if (character === '\\' && (isQuoted || depth > 0)) {
      if (isQuoted) add(value.slice(at, at + 2));
      at += 1;
    } else if (isQuoted || (character === '"' && depth === 0)) {
      if (character === '"') isQuoted = !isQuoted;
      add(character);
    } else if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth > 0) continue;
    else if (character === '<') [isAngle, angle] = [true, ''];
    else if (character === '>') isAngle = false;
    else if (!isAngle && (character === ',' || character === ';')) take();
    else add(character);
  }
  take();
  return addresses;
}
