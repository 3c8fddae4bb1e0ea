// The bar above all views: which stage this is, where one can go, and a field that takes whatever one looks for.

import {useRef, useState, useEffect} from 'preact/hooks';
import type {ApiProblem} from '../data/api.ts';
import {Shape} from '../parts/badge.tsx';
import type {Route} from './route.ts';
import {linkTo} from './route.ts';
import {useSession} from './session.ts';
import {type Choice, chooseTheme, chosenTheme} from './theme.ts';
import {goTo} from './use-route.ts';
import {viewOf, views} from './views.tsx';

export function Header({route, problem}: {readonly route: Route; readonly problem: ApiProblem | undefined}) {
  const session = useSession();
  const {stage, region, account, isLocal, readOnly} = session;
  const current = viewOf(route);
  const shown = views.filter(({isLocalOnly}) => isLocal || !isLocalOnly);
  return (
    <header class="bar">
      <div class="bar-top">
        <a class="brand" href={linkTo([])}>
          relayq
        </a>
        <span class="stage" title={isLocal ? 'the local cloud of npm start' : `account ${account ?? 'unknown'} in ${region}`}>
          <b>{stage}</b>
          <span class="where">{isLocal ? 'this machine' : [account, region].filter(Boolean).join(' · ')}</span>
        </span>
        {readOnly && <span class="chip">read only</span>}
        <Connection problem={problem} />
        <Finder />
        <ThemeChoice />
      </div>
      <nav aria-label="Views">
        <ul>
          {shown.map(({name, title, path}) => (
            <li key={name}>
              <a href={linkTo(path)} aria-current={name === current.name ? 'page' : undefined}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

const Connection = ({problem}: {readonly problem: ApiProblem | undefined}) => (
  <span class="connection" role="status">
    {problem?.kind === 'disconnected' && (
      <>
        <Shape tone="bad" /> disconnected
      </>
    )}
  </span>
);

/** Where the same text is looked for that a person has in the clipboard: an address, an ID, a domain. */
export function placeOf(text: string): string {
  const wanted = text.trim();
  if (wanted.includes('@')) return linkTo(['messages'], {q: wanted});
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{20,}$/i.test(wanted) || !/[.(]/.test(wanted);
  return isId ? linkTo(['messages'], {q: wanted}) : linkTo(['domains', wanted.toLowerCase()]);
}

function Finder() {
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      field.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <form
      class="finder"
      role="search"
      onSubmit={event => {
        event.preventDefault();
        if (text.trim() === '') return;
        goTo(placeOf(text));
        setText('');
      }}
    >
      <input
        ref={field}
        type="search"
        aria-label="Find an address, an ID or a domain (Ctrl+K)"
        placeholder="Address, ID or domain   Ctrl K"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={({currentTarget}) => setText(currentTarget.value)}
      />
    </form>
  );
}

const choices: Readonly<Record<Choice, string>> = {system: 'Auto', light: 'Light', dark: 'Dark'};

function ThemeChoice() {
  const [choice, setChoice] = useState(chosenTheme);
  return (
    <select
      class="theme"
      aria-label="Colours"
      value={choice}
      onChange={({currentTarget}) => {
        const next = currentTarget.value as Choice;
        chooseTheme(next);
        setChoice(next);
      }}
    >
      {Object.entries(choices).map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}
