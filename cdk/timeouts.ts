// How long the functions may run. The visibility timeouts of their queues follow from it.

import {Duration} from 'aws-cdk-lib';

export const routeTimeout = Duration.seconds(30);

/** Lambda's longest: a server may take ten minutes after the dot (RFC 5321 4.5.3.2.6). */
export const deliverTimeout = Duration.minutes(15);

/** Lambda's longest: it goes through all held mail, and what it does not get done it does the next time. */
export const keeperTimeout = Duration.minutes(15);

/** How often held mail is looked after. */
export const keeperInterval = Duration.minutes(5);

/** How long mail that has waited is collected, so that it is routed in full batches. */
export const waitingWindow = Duration.seconds(20);
