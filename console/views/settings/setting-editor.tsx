// A field for another value of a setting, with what it takes.

import {useId, useState} from 'preact/hooks';
import type {Setting} from '../../data/documents.ts';
import {Shape} from '../../parts/badge.tsx';
import {Words} from '../../parts/words.tsx';
import {isSecretField} from './draft.ts';

interface Props {
  readonly setting: Setting;
  /** Why what was typed is not written. */
  readonly refusal: string | undefined;
  /** Null removes it. */
  readonly draft: string | null;
  /** Undefined takes the change back. */
  readonly onChange: (value: string | null | undefined) => void;
}

export function SettingEditor({setting, draft, refusal, onChange}: Props) {
  const {name, kind, allowed, value, doc} = setting;
  const id = useId();
  const rule = [kind, Array.isArray(allowed) ? allowed.join(', ') : allowed].filter(Boolean).join(': ');
  const hint = [rule, doc].filter(Boolean).join('; see ');
  return (
    <div class="editor">
      {draft === null ? (
        <p>Will be removed{value === null ? '' : ', and its default counts again'}.</p>
      ) : (
        <div class="field">
          <ValueField
            setting={setting}
            value={draft}
            describedBy={id}
            isWrong={refusal !== undefined}
            onChange={onChange}
          />
        </div>
      )}
      <button
        type="button"
        class="quiet small"
        onClick={() => onChange(undefined)}
        aria-label={`Leave ${name} as it is`}
      >
        Leave as it is
      </button>
      <p id={id} class={refusal === undefined ? 'note' : 'problem'}>
        {refusal === undefined ? (
          <Words text={hint} most={400} />
        ) : (
          <>
            <Shape tone="bad" /> <Words text={refusal} most={600} />
          </>
        )}
      </p>
    </div>
  );
}

interface FieldProps {
  readonly setting: Setting;
  readonly value: string;
  readonly describedBy: string;
  readonly isWrong: boolean;
  readonly onChange: (value: string) => void;
}

function ValueField({
  setting: {name, isSecret, kind, allowed},
  value,
  describedBy,
  isWrong,
  onChange,
}: FieldProps) {
  const common = {
    value,
    'aria-label': `New value of ${name}`,
    'aria-invalid': isWrong,
    'aria-describedby': describedBy,
  };
  if (kind === 'one of' && Array.isArray(allowed))
    return (
      <select {...common} ref={focusOnce} onInput={({currentTarget}) => onChange(currentTarget.value)}>
        {!allowed.includes(value) && <option value={value}>choose one</option>}
        {allowed.map(each => (
          <option key={each}>{each}</option>
        ))}
      </select>
    );
  if (kind?.includes('PEM') || kind?.includes('JSON'))
    return (
      <textarea
        {...common}
        ref={focusOnce}
        class="mono"
        rows={4}
        spellcheck={false}
        onInput={({currentTarget}) => onChange(currentTarget.value)}
      />
    );
  const onInput = ({currentTarget}: {currentTarget: HTMLInputElement}) => onChange(currentTarget.value);
  if (isSecretField(name, isSecret)) return <HiddenField {...common} onInput={onInput} />;
  return (
    <input {...common} ref={focusOnce} type="text" autocomplete="off" spellcheck={false} onInput={onInput} />
  );
}

interface TextFieldProps {
  readonly value: string;
  readonly 'aria-label': string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string;
  readonly onInput: (event: {currentTarget: HTMLInputElement}) => void;
}

/** What is or may hold a secret is shown when its writer wants to see it. */
function HiddenField(props: TextFieldProps) {
  const [isShown, setShown] = useState(false);
  const field = {...props, ref: focusOnce, spellcheck: false};
  return (
    <>
      {isShown ? (
        <input {...field} type="text" autocomplete="off" />
      ) : (
        <input {...field} type="password" autocomplete="new-password" />
      )}
      <label>
        <input
          type="checkbox"
          checked={isShown}
          onInput={({currentTarget}) => setShown(currentTarget.checked)}
        />
        Show what I type
      </label>
    </>
  );
}

/** The field is what the reader has just asked for. */
const focused = new WeakSet<HTMLElement>();

function focusOnce(field: HTMLElement | null): void {
  if (field === null || focused.has(field)) return;
  focused.add(field);
  field.focus();
}
