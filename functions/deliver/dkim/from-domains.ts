// The domains of the addresses in the From field (RFC 5322 3.6.2): signatures are for them. A text of a stranger may have
// anything there; what is no address has no domain.

import addressparser from 'nodemailer/lib/addressparser';
import {nameOf, sectionOf, unfoldedOf} from '../../../shared/mime/header-section.ts';
import {parseMailbox} from '../../../shared/smtp/address.ts';

/** What of the field goes beyond it, and further addresses, are not looked at. */
const [longestField, mostAddresses] = [8192, 20];

/** In lower case and A-labels, each once. */
export function fromDomainsOf(text: string): readonly string[] {
  const field = sectionOf(text).fields.find(each => nameOf(each) === 'from');
  if (field === undefined) return [];
  const domains = addressparser(unfoldedOf(field).slice(0, longestField), {flatten: true})
    .slice(0, mostAddresses)
    .map(({address = ''}) => parseMailbox(address))
    .flatMap(mailbox => (mailbox.ok ? mailbox.value.domain : []));
  return [...new Set(domains)];
}
