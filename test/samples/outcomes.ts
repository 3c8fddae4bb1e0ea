// Outcomes of the plain message.

import {resolveDestination} from '../../shared/delivery/destination.ts';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import {message, now, settings} from './messages.ts';

const told = {
  message: message(),
  destination: resolveDestination(message(), settings()),
  timeMs: now,
  entries: [],
  queues: {},
};
export const accepted: Outcome = {fate: 'accepted', ...told};
export const bounced: Outcome = {fate: 'bounced', ...told};
export const deferred: Outcome = {fate: 'deferred', ...told, nextMs: now};
export const moved: Outcome = {fate: 'moved', ...told, queue: 'slow'};
