// The steps of an explanation: what is found at each, and the reason.

import type {ExplainStep} from '../../data/documents.ts';
import {Shape} from '../../parts/badge.tsx';
import {Words} from '../../parts/words.tsx';

const titles: Readonly<Record<string, string>> = {
  settings: 'Settings that count',
  message: 'Message',
  destination: 'Destination',
  hosts: 'Hosts',
  tls: 'TLS',
  authentication: 'Authentication',
  capacity: 'Capacity',
  now: 'Now',
};

export const Steps = ({steps}: {readonly steps: readonly ExplainStep[]}) => (
  <ol class="steps">
    {steps.map(({step, facts}) => (
      <li key={step} class={facts.some(({isBad}) => isBad) ? 'warn' : ''}>
        <h3>{titles[step] ?? step}</h3>
        <dl>
          {facts.map(({what, is, why, isBad}) => (
            <div key={what + is} class={isBad ? 'warn' : ''}>
              <dt>
                {isBad && <Shape tone="warn" />}
                <Words text={what} most={120} />
              </dt>
              <dd>
                <Words text={is} most={600} />
                {why !== undefined && (
                  <span class="reason">
                    <Words text={why} most={600} />
                  </span>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </li>
    ))}
  </ol>
);
