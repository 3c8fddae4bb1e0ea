// The frame around all views: signed in or not, which view, and what is known of the connection.

import {useEffect, useLayoutEffect, useMemo, useRef} from 'preact/hooks';
import type {ApiProblem} from '../data/api.ts';
import type {Session} from '../data/documents.ts';
import {usePolled} from '../data/polled.ts';
import {ProblemNotice} from '../parts/notice.tsx';
import {Loading} from '../parts/panel.tsx';
import {Header} from './header.tsx';
import {SessionContext} from './session.ts';
import {useRoute} from './use-route.ts';
import {viewOf} from './views.tsx';

const sessionEveryMs = 15_000;

export function App({problem}: {readonly problem: ApiProblem | undefined}) {
  const session = usePolled<Session>(problem === undefined ? '/api/session' : undefined, sessionEveryMs);
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const view = viewOf(route);
  const place = route.path.join('/');
  // It is asked for again and again, and is the same for ever: what is drawn from it need not be drawn again.
  const text = JSON.stringify(session.data);
  const known = useMemo(() => session.data, [text]);

  const title = view.titleOf(route);
  useEffect(() => {
    document.title = known === undefined ? 'relayq' : `${title} – relayq ${known.stage}`;
  }, [title, known]);
  const isFirst = useRef(true);
  // Before the page is painted: later, it would take the focus away from whoever has gone on by then.
  useLayoutEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else {
      scrollTo(0, 0);
      main.current?.focus({preventScroll: true});
    }
  }, [place]);

  if (problem !== undefined) return <Alone problem={problem} />;
  if (session.problem?.kind === 'signed-out') return <Alone problem={session.problem} />;
  if (known === undefined)
    return session.problem ? <Alone problem={session.problem} /> : <Loading lines={8} />;
  const {View} = view;
  return (
    <SessionContext.Provider value={known}>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <Header route={route} problem={session.problem} />
      <main id="main" tabIndex={-1} ref={main} key={view.name}>
        {session.problem?.kind === 'disconnected' && <ProblemNotice problem={session.problem} />}
        <View route={route} />
      </main>
    </SessionContext.Provider>
  );
}

const Alone = ({problem}: {readonly problem: ApiProblem}) => (
  <main class="alone">
    <h1>relayq</h1>
    <ProblemNotice problem={problem} />
  </main>
);
