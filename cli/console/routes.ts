// What the console answers: a list of endpoints.

import {explainMessage, explainRecipient} from './endpoints/explain.ts';
import {overview} from './endpoints/overview.ts';
import {search} from './endpoints/search.ts';
import {session} from './endpoints/session.ts';
import {trace} from './endpoints/trace.ts';
import type {Route} from './visit.ts';

export const routes: readonly Route[] = [session, overview, explainRecipient, explainMessage, trace, search];
