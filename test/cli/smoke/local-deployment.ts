// A stage on the local cloud, made, changed and removed as `relayq smoke` asks for it. Days pass by a clock of its own.

import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import type {Deployment, Pass} from '../../../cli/smoke/deployment.ts';
import {TestClock} from '../../../local/clock.ts';
import {type Cloud, startCloud} from '../../../local/cloud.ts';
import type {Parameter} from '../../../local/ssm/parameter.ts';
import {synthesise} from '../../../local/synthesis.ts';
import type {Resources} from '../../../local/template/resources.ts';
import {projectRoot} from '../../global-setup.ts';
import {shortWindows} from '../../pipeline/clocked.ts';

export const stage = 'smoke';

/** An account in which nothing is deployed. */
const nothing = {template: {Resources: {Nothing: {Type: 'AWS::CDK::Metadata'}}}, assets: {}};

/** No longer step: what is delayed by seconds comes in between. */
const stepMs = 60_000;

export class LocalDeployment implements Deployment {
  readonly clock = new TestClock();
  readonly url: string;
  /** What each deployment was asked for. */
  readonly asked: Readonly<Record<string, string>>[] = [];
  readonly #port: number;
  readonly #directory: string;
  /** What differs from the template: a fault that a test puts in. */
  disturb: (resources: Resources) => void = () => {};
  /** Parameters that each deployment finds. */
  parameters: Readonly<Record<string, string>> = {};
  #cloud: Cloud | undefined;

  private constructor(port: number, directory: string) {
    this.#port = port;
    this.#directory = directory;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async create(): Promise<LocalDeployment> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const {port} = probe.address() as {port: number};
    await new Promise(resolve => probe.close(resolve));
    const deployment = new LocalDeployment(port, await mkdtemp(join(tmpdir(), 'relayq-smoke-')));
    await deployment.#empty();
    return deployment;
  }

  get cloud(): Cloud {
    return this.#cloud!;
  }

  deploy = async (context: Readonly<Record<string, string>>): Promise<void> => {
    this.asked.push(context);
    const assembly = await synthesise(projectRoot, {stage});
    await this.#cloud?.stop();
    this.#cloud = await startCloud({
      ...assembly,
      assetsDirectory: assembly.directory,
      port: this.#port,
      dataDirectory: this.#directory,
      clock: this.clock,
      overrides: resources => {
        shortWindows(resources);
        this.disturb(resources);
      },
      prepare: ({ssm}) => {
        for (const [name, value] of Object.entries(this.parameters))
          ssm.put(`/relayq/${stage}/${name}`, value);
      },
    });
  };

  /** The stack goes, with its mail and logs. Parameters are no part of it. */
  destroy = async (): Promise<void> => {
    const parameters = [...(this.#cloud?.store?.entries('ssm/parameters') ?? [])];
    const kept = parameters.map(([, parameter]) => (parameter as Parameter).name);
    const {ssm} = this.cloud;
    await this.#cloud?.stop();
    await rm(this.#directory, {recursive: true, force: true});
    await this.#empty(Object.fromEntries(kept.map(name => [name, ssm.get(name) ?? ''])));
  };

  async #empty(parameters: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#cloud = await startCloud({
      ...nothing,
      assetsDirectory: this.#directory,
      port: this.#port,
      stackName: 'relayq-nothing',
      clock: this.clock,
      prepare: ({ssm}) => {
        for (const [name, value] of Object.entries(parameters)) ssm.put(name, value);
      },
    });
  }

  pass: Pass = async (ms, signal) => {
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      await this.#idle(signal);
      await this.clock.forward(Math.min(stepMs, ms - passedMs));
    }
    await this.#idle(signal);
  };

  /** What is due by now is taken up within an instant. */
  async #idle(signal: AbortSignal): Promise<void> {
    do await delay(50, undefined, {signal});
    while ([...this.cloud.functions.values()].some(({busy}) => busy > 0));
  }

  async stop(): Promise<void> {
    await this.#cloud?.stop();
    await rm(this.#directory, {recursive: true, force: true});
  }
}
