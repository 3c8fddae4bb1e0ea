// Complains in the log when a server does not accept the credentials of the settings, and has the settings read again: they
// may have been put right by now.

import {nextHopName} from '../../shared/delivery/destination.ts';
import type {Log} from '../runtime/log.ts';
import type {OutcomeListener} from './outcome-writer.ts';

export const setUpComplaints = (log: Log, readSettingsAgain: () => void): OutcomeListener => ({
  known: outcome => {
    const complaint = 'attempt' in outcome ? outcome.attempt?.complaint : undefined;
    if (complaint === undefined || !('destination' in outcome)) return;
    const {message, destination} = outcome;
    // Credentials that a message brings are its producer's matter: they are told in the result.
    if (destination.nextHop.kind !== 'sink' && message.smarthost) return;
    const text =
      complaint.fact === 'authentication-wanted'
        ? 'the server wants other credentials than those of the settings, or does not relay for us'
        : 'the server refused the credentials of the settings, or could not be given them';
    log('error', text, {nextHop: nextHopName(destination.nextHop), description: complaint.description});
    readSettingsAgain();
  },
});
