// What delivering takes, made once for each environment.

import type {Settler} from '../outcome/settler.ts';
import type {Log} from '../runtime/log.ts';
import type {Sqs} from '../runtime/sqs.ts';
import type {NextHops} from './next-hop/next-hops.ts';
import type {Connections} from './pace/connections.ts';
import type {RateLimits} from './pace/rate-limits.ts';
import type {Sites} from './pace/sites.ts';

export interface DeliverParts {
  readonly sqs: Sqs;
  readonly settler: Settler;
  readonly connections: Connections;
  readonly sites: Sites;
  readonly rateLimits: RateLimits;
  readonly nextHops: NextHops;
  readonly deliveryUrl: string;
  readonly log: Log;
  readonly now: () => number;
  /** Called when a server refused the credentials of the settings. */
  readonly onRefusedCredentials: () => void;
}
