// Something that delivers mail to the make-believe internet, and is given messages one by one.

import type {Internet} from '../internet/direct.ts';
import type {Parcel} from './situation.ts';

interface Sender {
  readonly name: string;
  /** Settles when the sender has all of them. */
  send(parcels: readonly Parcel[]): Promise<void>;
  close(): Promise<void>;
}

export type StartSender = (internet: Internet) => Promise<Sender>;
