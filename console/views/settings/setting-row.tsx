// One setting: what counts, and what is to become of it.

import type {Setting} from '../../data/documents.ts';
import {Badge, Shape} from '../../parts/badge.tsx';
import {Time} from '../../parts/time.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {isSecretField} from './draft.ts';
import {SettingEditor} from './setting-editor.tsx';

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
        <SettingEditor setting={setting} draft={draft} refusal={refusal} onChange={onChange} />
      )}
    </li>
  );
}

/** What the field begins with: never a secret, nor what stands in place of one. */
function firstDraftOf({name, value, source, kind, isSecret}: Setting): string {
  if (value === null || isSecretField(name, isSecret) || value.startsWith('(')) return '';
  return source === 'parameter' || kind === 'one of' ? value : '';
}
