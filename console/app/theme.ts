// Light or dark: as the system has it, unless the reader has chosen.

import {useEffect, useState} from 'preact/hooks';

export type Theme = 'light' | 'dark';
export type Choice = Theme | 'system';

const key = 'relayq-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<(theme: Theme) => void>();

export function chosenTheme(): Choice {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

const themeNow = (): Theme => {
  const choice = chosenTheme();
  return choice === 'system' ? (dark.matches ? 'dark' : 'light') : choice;
};

export function applyTheme(): void {
  const theme = themeNow();
  document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener(theme);
}

export function chooseTheme(choice: Choice): void {
  if (choice === 'system') localStorage.removeItem(key);
  else localStorage.setItem(key, choice);
  applyTheme();
}

dark.addEventListener('change', applyTheme);

/** For what is drawn, and does not follow the style sheet by itself. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(themeNow);
  useEffect(() => {
    listeners.add(setTheme);
    return () => void listeners.delete(setTheme);
  }, []);
  return theme;
}
