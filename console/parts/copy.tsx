// What can be copied: a value, or the commands that show the same in a terminal.

import {useEffect, useId, useRef, useState} from 'preact/hooks';
import {type CommandWords, useCommands} from '../app/commands.ts';
import {commandLineOf} from '../text/shell-words.ts';

export function CopyButton({text, label = 'Copy'}: {readonly text: string; readonly label?: string}) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), 1500);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('Not allowed'),
    );
  return (
    <button type="button" class="quiet small" aria-label={said || label} onClick={() => void copy()}>
      <span aria-live="polite">{said || 'Copy'}</span>
    </button>
  );
}

/** A button that opens the commands which show what this view shows. */
export function CopyAs({commands}: {readonly commands: (commands: CommandWords) => readonly string[][]}) {
  const words = useCommands();
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const onDown = ({target}: Event) => {
      if (!root.current?.contains(target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', onDown);
    document.addEventListener('focusin', onDown);
    return () => {
      document.removeEventListener('pointerdown', onDown);
      document.removeEventListener('focusin', onDown);
    };
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isOpen) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };
  const lines = isOpen ? commands(words).map(commandLineOf) : [];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears Escape from the buttons in it
    <div class="copy-as" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="quiet"
        ref={button}
        title="The commands that show the same"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        Copy as…
      </button>
      <div id={id} class="popover" hidden={!isOpen}>
        <p class="note">The same in a terminal</p>
        <ul>
          {lines.map(line => (
            <li key={line}>
              <code>{line}</code>
              <CopyButton text={line} label={`Copy: ${line}`} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
