// The route of now.

import {useEffect, useState} from 'preact/hooks';
import {linkTo, type Route, routeOf} from './route.ts';

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onChange = () => setHash(location.hash);
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return routeOf(hash);
}

export const goTo = (link: string): void => {
  location.hash = link;
};

/** The same view with other parameters: no step for the button that leads back. */
export function adjustQuery(route: Route, change: Readonly<Record<string, string | undefined>>): void {
  history.replaceState(null, '', linkTo(route.path, {...route.query, ...change}));
  dispatchEvent(new HashChangeEvent('hashchange'));
}
