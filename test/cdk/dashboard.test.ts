// The dashboard of a stage.

import {describe, expect, test} from 'vitest';
import {metrics} from '../../shared/metrics.ts';
import {stackWith} from './stack-under-test.ts';

const stack = stackWith();

interface Widget {
  readonly x: number;
  readonly width: number;
  readonly type: string;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly metrics?: readonly unknown[][];
    readonly query?: string;
  };
}

/** CloudFormation puts names of resources in between. */
function widgetsOf(watched: typeof stack): readonly Widget[] {
  const [dashboard] = watched.all('AWS::CloudWatch::Dashboard');
  const {'Fn::Join': join} = dashboard!.Properties.DashboardBody as {'Fn::Join': [string, unknown[]]};
  const text = join[1].map(part => (typeof part === 'string' ? part : watched.nameOf(part))).join('');
  return (JSON.parse(text) as {widgets: Widget[]}).widgets;
}

describe('the dashboard', () => {
  test('is named for the stage, and may be left out', () => {
    expect(stack.all('AWS::CloudWatch::Dashboard').map(({Properties}) => Properties.DashboardName)).toEqual([
      'relayq-dev',
    ]);
    expect(stackWith({dashboard: 'false'}).all('AWS::CloudWatch::Dashboard')).toEqual([]);
  });

  test('shows each metric that the functions write, of its stage alone', () => {
    const lines = widgetsOf(stack).flatMap(({properties}) => properties.metrics ?? []);
    const ours = lines.filter(([namespace]) => namespace === 'relayq');
    expect(new Set(ours.map(([, name]) => name))).toEqual(new Set(Object.keys(metrics)));
    for (const [, , dimension, stage] of ours) expect([dimension, stage]).toEqual(['stage', 'dev']);
  });

  test('shows the queues and functions of its stage by their names', () => {
    const lines = widgetsOf(stack).flatMap(({properties}) => properties.metrics ?? []);
    const named = (namespace: string) =>
      new Set(lines.filter(([first]) => first === namespace).map(([, , , name]) => name));
    expect(named('AWS/Lambda')).toEqual(new Set(['relayq-dev-route', 'relayq-dev-deliver']));
    expect(named('AWS/SQS')).toContain('relayq-dev-delivery-slow.fifo');
  });

  test('has no widget that is wider than CloudWatch, and says what to type', () => {
    const widgets = widgetsOf(stack);
    for (const {x, width} of widgets) expect(x + width).toBeLessThanOrEqual(24);
    expect(widgets[0]?.properties.markdown).toContain('relayq status --stage dev');
  });

  test('has the last errors of both functions', () => {
    const {query} = widgetsOf(stack).find(({type}) => type === 'log')!.properties;
    expect(query).toMatch(
      /^SOURCE '\/aws\/lambda\/relayq-dev-route' \| SOURCE '\/aws\/lambda\/relayq-dev-deliver' \| fields/,
    );
  });
});
