// Which stage is looked at, and what may be done there.

import {createContext} from 'preact';
import {useContext} from 'preact/hooks';
import type {Session} from '../data/documents.ts';

export const SessionContext = createContext<Session | undefined>(undefined);

/** Views are shown once it is known. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('a view is shown before its session is known');
  return session;
}
