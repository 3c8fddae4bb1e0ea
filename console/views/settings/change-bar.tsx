// What is about to be written, all of it as one change; and afterwards whether the functions go by it.

import {useEffect, useState} from 'preact/hooks';
import {useSession} from '../../app/session.ts';
import {ApiProblem, get, post} from '../../data/api.ts';
import type {ChangedSettings, Setting} from '../../data/documents.ts';
import {Remark} from '../../parts/badge.tsx';
import {Dialog} from '../../parts/dialog.tsx';
import {Notice, ProblemNotice} from '../../parts/notice.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {countOf} from '../../text/numbers.ts';
import {changesOf, type Draft, isSecretField} from './draft.ts';

interface Props {
  readonly draft: Draft;
  readonly settings: readonly Setting[];
  readonly onDiscard: () => void;
  readonly onRefused: (problems: Readonly<Record<string, string>>) => void;
  readonly onWritten: () => void;
}

export function ChangeBar({draft, settings, onDiscard, onRefused, onWritten}: Props) {
  const {stage} = useSession();
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  /** What is told at the fields is not told here once more. */
  const [wrong, setWrong] = useState(0);
  const [written, setWritten] = useState<ChangedSettings>();
  const changes = changesOf(draft, settings);
  const names = Object.keys(changes);

  async function write(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    setWrong(0);
    try {
      const answer = await post<ChangedSettings>('/api/settings', {changes});
      setWritten(answer);
      onWritten();
    } catch (error) {
      const refusal = error instanceof ApiProblem ? error : new ApiProblem('failed', String(error));
      const problems = problemsIn(refusal.facts.problems, names);
      onRefused(problems);
      const count = Object.keys(problems).length;
      if (count > 0) setWrong(count);
      else setProblem(refusal);
    }
    setBusy(false);
    setAsking(false);
  }

  return (
    <div class="change-bar" aria-live="polite">
      {problem && <ProblemNotice problem={problem} />}
      {written && names.length === 0 && <InForce written={written} />}
      {names.length > 0 && (
        <div class="bar-of-changes">
          <span>
            {wrong > 0 ? (
              <Remark tone="bad">
                Nothing was written: {countOf(wrong, 'value')} above {wrong === 1 ? 'is' : 'are'} wrong.
              </Remark>
            ) : (
              <>
                <b>{countOf(names.length, 'change')}</b>, written together: {names.join(', ')}
              </>
            )}
          </span>
          <div class="buttons end">
            <button
              type="button"
              onClick={() => {
                setWrong(0);
                onDiscard();
              }}
            >
              Discard
            </button>
            <button type="button" class="primary" onClick={() => setAsking(true)}>
              Write to {stage}…
            </button>
          </div>
        </div>
      )}
      {isAsking && (
        <Dialog
          title={`Change ${countOf(names.length, 'setting')} of stage ${stage}?`}
          action={`Write to ${stage}`}
          isBusy={isBusy}
          onDo={() => void write()}
          onClose={() => setAsking(false)}
        >
          <ul class="changes">
            {names.map(name => (
              <Change
                key={name}
                name={name}
                value={changes[name] ?? null}
                setting={settings.find(each => each.name === name)}
              />
            ))}
          </ul>
          <p>
            They are checked first; when one is wrong, none is written. The functions go by them within a
            minute or so.
          </p>
        </Dialog>
      )}
    </div>
  );
}

interface ChangeProps {
  readonly name: string;
  readonly value: string | null;
  readonly setting: Setting | undefined;
}

const Change = ({name, value, setting}: ChangeProps) => (
  <li>
    <code>
      <Verbatim text={name} most={200} />
    </code>
    {value === null ? (
      ' is removed'
    ) : (
      <>
        {' becomes '}
        <code>
          {isSecretField(name, setting?.isSecret) || value.includes('@') ? (
            '(secret)'
          ) : (
            <Verbatim text={value} most={300} />
          )}
        </code>
      </>
    )}
  </li>
);

/** Problems of settings by their names; what belongs to none stands in the notice. */
function problemsIn(value: unknown, names: readonly string[]): Readonly<Record<string, string>> {
  if (!Array.isArray(value)) return {};
  const pairs = value.flatMap((each: unknown): [string, string][] => {
    if (typeof each === 'string') {
      const name = names.find(one => each.startsWith(`${one} `) || each.startsWith(`${one}:`));
      return name === undefined ? [] : [[name, each]];
    }
    const {name, path, problem} = (each ?? {}) as Record<string, unknown>;
    const which = name ?? path;
    return typeof which === 'string' && typeof problem === 'string' ? [[which, problem]] : [];
  });
  return Object.fromEntries(pairs);
}

const pollMs = 3000;
/** Functions read settings once a minute, and tell of it some seconds later. */
const usualMs = 90_000;

interface Standing {
  readonly isInForce: boolean;
  readonly functions?: readonly {readonly name: string; readonly isInForce: boolean}[];
}

function InForce({written: {changed, notes = []}}: {readonly written: ChangedSettings}) {
  const [standing, setStanding] = useState<Standing>({isInForce: false});
  const names = changed.map(({name}) => name).join(', ');
  useEffect(() => {
    let isOver = false;
    const startMs = Date.now();
    const query = new URLSearchParams(changed.map(({name, version}) => [name, String(version ?? '')]));
    async function watch(): Promise<void> {
      while (!isOver && Date.now() - startMs < usualMs * 2) {
        const answer = await get<Standing>(`/api/settings/in-force?${query}`).catch(() => undefined);
        if (isOver) return;
        const isInForce = answer?.isInForce === true;
        setStanding({isInForce, functions: answer?.functions ?? []});
        if (isInForce) return;
        await new Promise(resolve => setTimeout(resolve, pollMs));
      }
    }
    void watch();
    return () => {
      isOver = true;
    };
  }, [changed]);
  return (
    <Notice tone={standing.isInForce ? 'good' : 'calm'} title={standing.isInForce ? 'In force' : 'Written'}>
      <p>
        <Verbatim text={names} most={300} />
        {standing.isInForce
          ? ': the functions say that they go by it.'
          : `: ${waitingWords(standing)} They take it up within a minute, when they have something to do.`}
      </p>
      {notes.map(note => (
        <p key={note}>
          <Words text={note} most={600} />
        </p>
      ))}
    </Notice>
  );
}

function waitingWords({functions = []}: Standing): string {
  const done = functions.filter(({isInForce}) => isInForce).map(({name}) => name);
  return done.length === 0
    ? 'the functions have not said yet that they go by it.'
    : `${done.join(', ')} goes by it.`;
}
