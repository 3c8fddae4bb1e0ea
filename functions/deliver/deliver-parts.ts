// What delivering takes, made once for each environment.

import type {Gate} from '../../shared/delivery/gate.ts';
import type {Message} from '../../shared/message/message.ts';
import type {Content} from '../../shared/smtp/content.ts';
import type {Settler} from '../outcome/settler.ts';
import type {Log} from '../runtime/log.ts';
import type {Visibility} from '../runtime/visibility.ts';
import type {NextHops} from './next-hop/next-hops.ts';
import type {Connections} from './pace/connections.ts';
import type {Troubles} from './pace/troubles.ts';

export interface DeliverParts {
  /** What a message has to pass before it is tried, in order. */
  readonly gates: readonly Gate[];
  readonly settler: Settler;
  readonly connections: Connections;
  readonly troubles: Troubles;
  readonly nextHops: NextHops;
  /** Loads the text of a message. */
  readonly contentOf: (message: Message) => Promise<Content>;
  readonly visibility: Visibility;
  readonly log: Log;
  readonly now: () => number;
}
