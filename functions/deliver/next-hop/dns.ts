// A question to the DNS and its answer, whichever resolver is asked.

import type {TlsaRecord} from '../../../shared/smtp/dane.ts';

/** The data of records, by their type. */
export interface RecordData {
  readonly A: string;
  readonly AAAA: string;
  readonly MX: {readonly exchange: string; readonly priority: number};
  /** The strings that the record is made of. */
  readonly TXT: readonly string[];
  readonly TLSA: TlsaRecord;
  /** The name that the name is an alias of. Mail follows aliases anyway; only people ask for them. */
  readonly CNAME: string;
  /** The name of an address. Delivery does not ask for it; only people do. */
  readonly PTR: string;
  /** The name of a server of the zone. Only people ask for it. */
  readonly NS: string;
}

export interface DnsAnswer<Data> {
  /** False for NXDOMAIN; a name that exists may have no records of this type. */
  readonly exists: boolean;
  readonly records: readonly Data[];
  /** How long the records are good for; Infinity where the resolver does not tell. */
  readonly ttlSeconds: number;
  /** Whether DNSSEC has proved the answer. */
  readonly secure: boolean;
}

export interface Dns {
  /** @throws Error with a `code` when there is no answer: SERVFAIL, or a timeout */
  query<T extends keyof RecordData>(name: string, type: T): Promise<DnsAnswer<RecordData[T]>>;
  /** Gives up what is being asked. */
  cancel(): void;
}
