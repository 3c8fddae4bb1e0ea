// The services of the list, opened. Some callers know one of them; the others treat all of them as one.

import {awsDoors} from './endpoint/aws-doors.ts';
import type {AwsService} from './endpoint/aws-service.ts';
import type {Door} from './endpoint/door.ts';
import type {Opened, Surroundings} from './service-definition.ts';
import {type AnyService, type ServiceResources, type States, services} from './services.ts';
import type {ResourcePolicy} from './template/reader.ts';

export class OpenServices {
  readonly states: States;
  readonly #opened: readonly {
    readonly definition: AnyService;
    readonly opened: Opened<unknown, ServiceResources>;
  }[];

  constructor(surroundings: Surroundings) {
    this.#opened = (services as readonly AnyService[]).map(definition => ({
      definition,
      opened: definition.open(surroundings),
    }));
    const states = this.#opened.map(({definition: {name}, opened}) => [name, opened.state]);
    this.states = Object.fromEntries(states) as States;
  }

  /**
   * The doors of all services.
   * @param guard what every request passes before it reaches its service
   */
  doors(guard: (service: AwsService, definition: AnyService) => AwsService): readonly Door[] {
    const guarded = this.#opened.map(({definition, opened}) => guard(opened.service, definition));
    const own = this.#opened.flatMap(({opened}, index) => opened.doors?.(guarded[index]!.call) ?? []);
    return [...own, ...awsDoors(guarded)];
  }

  deploy(resources: ServiceResources): void {
    for (const {opened} of this.#opened) opened.deploy?.(resources);
  }

  policiesIn(resources: ServiceResources): readonly ResourcePolicy[] {
    return this.#opened.flatMap(({definition}) => definition.template?.policiesIn?.(resources) ?? []);
  }

  policyOf(arn: string): string | undefined {
    for (const {opened} of this.#opened) {
      const policy = opened.policyOf?.(arn);
      if (policy !== undefined) return policy;
    }
    return undefined;
  }

  close(): void {
    for (const {opened} of this.#opened) opened.close?.();
  }
}
