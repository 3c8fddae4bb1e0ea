// The bar above all views: which stage this is, where one can go, and a field that takes whatever one looks for.

import {useEffect, useRef, useState} from 'preact/hooks';
import type {ApiProblem} from '../data/api.ts';
import {Shape} from '../parts/badge.tsx';
import {placeOf} from './place-of.ts';
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
  const menu = useRef<HTMLElement>(null);
  // Where the menu is wider than the page, the current view's entry is among what is seen of it.
  useEffect(() => {
    const entry = menu.current?.querySelector<HTMLElement>(`[data-view="${current.name}"]`);
    if (entry)
      menu.current!.scrollLeft = entry.offsetLeft - (menu.current!.clientWidth - entry.offsetWidth) / 2;
  }, [current.name]);
  return (
    <header class="bar">
      <div class="bar-top">
        <a class="brand" href={linkTo([])}>
          relayq
        </a>
        <span
          class="stage"
          title={isLocal ? 'the local cloud of npm start' : `account ${account ?? 'unknown'} in ${region}`}
        >
          <b>{stage}</b>
          <span class="where">
            {isLocal ? 'this machine' : [account, region].filter(Boolean).join(' · ')}
          </span>
        </span>
        {readOnly && <span class="chip">read only</span>}
        <Connection problem={problem} />
        <Finder />
        <ThemeChoice />
      </div>
      <nav aria-label="Views" ref={menu}>
        <ul>
          {shown.map(({name, title, path}) => (
            <li key={name}>
              <a
                href={linkTo(path)}
                data-view={name}
                aria-current={name === current.name ? 'page' : undefined}
              >
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
    <search class="finder">
      <form
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
    </search>
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
