// One setting: what counts, and a field for another value.

import {useId} from 'preact/hooks';
import type {Setting} from '../../data/documents.ts';
import {Badge, Shape} from '../../parts/badge.tsx';
import {Time} from '../../parts/time.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {isSecretField} from './draft.ts';

interface Props {
  readonly setting: Setting;
  /** What is wrong with what stands in SSM. */
  readonly problem: string | undefined;
  /** Why what was typed is not written. */
  readonly refusal: string | undefined;
  readonly draft: string | null | undefined;
  /** Undefined takes the change back. */
  readonly onChange: (value: string | null | undefined) => void;
  readonly canChange: boolean;
}

export function SettingRow({setting, problem, refusal, draft, onChange, canChange}: Props) {
  const {name, value, source, counts, version, since} = setting;
  const isDefault = source === 'default';
  return (
    <li class={`setting ${problem ? 'bad' : ''} ${draft === undefined ? '' : 'changed'}`}>
      <span class="name">
        <Verbatim text={name} most={200} />
        {problem !== undefined && <Badge word="wrong" />}
        {!counts && <span class="chip">does not count</span>}
      </span>
      <span class="value">
        {value === null ? (
          <span class="zero">{isDefault ? 'not set' : '(secret)'}</span>
        ) : (
          <code class={isDefault ? 'is-default' : ''}>
            <Verbatim text={value} most={500} />
          </code>
        )}
        {isDefault && value !== null && <span class="note">default</span>}
        {!isDefault && setting.default != null && (
          <span class="note">
            default <Verbatim text={setting.default} most={100} />
          </span>
        )}
      </span>
      <span class="since note">
        {since !== null && (
          <>
            <Time time={since} />
            {version !== null && `, version ${version}`}
          </>
        )}
      </span>
      <span class="buttons end">
        {canChange && draft === undefined && (
          <>
            {!isDefault && (
              <button
                type="button"
                class="quiet small"
                aria-label={`Unset ${name}`}
                onClick={() => onChange(null)}
              >
                Unset
              </button>
            )}
            <button
              type="button"
              class="quiet small"
              aria-label={`Change ${name}`}
              onClick={() => onChange(firstDraftOf(setting))}
            >
              Change
            </button>
          </>
        )}
      </span>
      {problem !== undefined && (
        <p class="problem">
          <Shape tone="bad" /> <Words text={problem} most={600} />
        </p>
      )}
      {draft !== undefined && (
        <Editor setting={setting} draft={draft} refusal={refusal} onChange={onChange} />
      )}
    </li>
  );
}

/** What the field begins with: never a secret, nor what stands in place of one. */
function firstDraftOf({name, value, source, kind, isSecret}: Setting): string {
  if (value === null || isSecretField(name, isSecret) || value.startsWith('(')) return '';
  return source === 'parameter' || kind === 'one of' ? value : '';
}

type EditorProps = Pick<Props, 'setting' | 'refusal' | 'onChange'> & {readonly draft: string | null};

function Editor({setting, draft, refusal, onChange}: EditorProps) {
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
    // The field is what the reader has just asked for.
    ref: focusOnce,
    'aria-label': `New value of ${name}`,
    'aria-invalid': isWrong,
    'aria-describedby': describedBy,
  };
  if (kind === 'one of' && Array.isArray(allowed))
    return (
      <select {...common} onInput={({currentTarget}) => onChange(currentTarget.value)}>
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
        class="mono"
        rows={4}
        spellcheck={false}
        onInput={({currentTarget}) => onChange(currentTarget.value)}
      />
    );
  return (
    <input
      {...common}
      {...(isSecretField(name, isSecret) ? hiddenField : plainField)}
      spellcheck={false}
      onInput={({currentTarget}) => onChange(currentTarget.value)}
    />
  );
}

const hiddenField = {type: 'password', autocomplete: 'new-password'} as const;
const plainField = {type: 'text', autocomplete: 'off'} as const;

const focused = new WeakSet<HTMLElement>();

function focusOnce(field: HTMLElement | null): void {
  if (field === null || focused.has(field)) return;
  focused.add(field);
  field.focus();
}
