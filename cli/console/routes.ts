// What the console answers: a list of endpoints.

import {explainMessage, explainRecipient} from './endpoints/explain.ts';
import {overview} from './endpoints/overview.ts';
import {session} from './endpoints/session.ts';
import type {Route} from './visit.ts';

export const routes: readonly Route[] = [session, overview, explainRecipient, explainMessage];
