import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {metrics} from '../../shared/metrics.ts';
import {root} from './app-under-test.ts';
import {stackWith} from './stack-under-test.ts';

const stack = stackWith();

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}
type Line = readonly (string | Readonly<Record<string, unknown>>)[];

/** As CloudFormation would put it together, with the names of resources in place of references. */
const bodyOf = (built: typeof stack): string => {
  const [dashboard, ...others] = built.all('AWS::CloudWatch::Dashboard');
  expect(others).toEqual([]);
  const body = dashboard?.Properties.DashboardBody as {'Fn::Join': [string, unknown[]]} | undefined;
  return (body?.['Fn::Join'][1] ?? [])
    .map(part => (typeof part === 'string' ? part : built.nameOf(part)))
    .join('');
};

const body = bodyOf(stack);
const {widgets} = JSON.parse(body) as {widgets: readonly Widget[]};
const called = (title: string): Widget => {
  const found = widgets.find(({properties}) => properties.title === title);
  if (found === undefined) throw new Error(`no widget is called ${title}`);
  return found;
};
const linesOf = ({properties}: Widget) => (properties.metrics ?? []) as readonly Line[];
/** Those that a query for the widget has to read, as `metric of what`. */
const readBy = (widget: Widget) => linesOf(widget).filter(([first]) => typeof first === 'string');
const shown = (widget: Widget): readonly Readonly<Record<string, unknown>>[] =>
  linesOf(widget)
    .map(line => line.at(-1) as Readonly<Record<string, unknown>>)
    .filter(({visible}) => visible !== false);
const labels = (title: string) => shown(called(title)).map(({label}) => label);

describe('the dashboard', () => {
  test('is called as its stage', () => {
    const [dashboard] = stack.all('AWS::CloudWatch::Dashboard');
    expect(dashboard?.Properties.DashboardName).toBe('relayq-dev');
  });

  test('is left out where it is not wanted, and nothing else with it', () => {
    const without = stackWith({dashboard: 'false'});
    expect(without.all('AWS::CloudWatch::Dashboard')).toEqual([]);
    const others = ({template}: typeof stack) =>
      Object.entries<{Type: string}>(template.toJSON().Resources).filter(
        ([, {Type}]) => Type !== 'AWS::CloudWatch::Dashboard',
      );
    expect(others(without)).toEqual(others(stack));
  });

  test('fills rows of 24 columns, and no widget lies on another', () => {
    const rows = Map.groupBy(widgets, ({y}) => y);
    let nextY = 0;
    for (const [y, row] of rows) {
      expect(y).toBe(nextY);
      expect(new Set(row.map(({height}) => height)).size).toBe(1);
      nextY += row[0]!.height;
      let nextX = 0;
      for (const {x, width} of row) {
        expect(x).toBe(nextX);
        nextX += width;
      }
      expect(nextX).toBe(24);
    }
  });

  test('has a title for each widget, and says what to type', () => {
    const [text, ...others] = widgets;
    expect(text?.properties.markdown).toContain('`relayq status --stage dev`');
    for (const {properties} of others) expect(properties.title).toMatch(/^[A-Z][\w ,:%]+$/);
  });

  test('shows what became of mail, as rates too, and how long that took', () => {
    expect(labels('What became of mail')).toEqual([
      'attempts',
      'accepted',
      'deferred',
      'bounced',
      'expired',
      'invalid',
      'held',
    ]);
    expect(shown(called('Attempts that fail')).map(({expression}) => expression)).toEqual([
      '100 * FILL(bounced, 0) / attempts',
      '100 * FILL(deferred, 0) / attempts',
    ]);
    expect(shown(called('From the outbox to acceptance')).map(({stat}) => stat)).toEqual([
      'p50',
      'p95',
      'p99',
    ]);
  });

  test('has every metric that the functions write, of this stage', () => {
    const own = widgets
      .flatMap(readBy)
      .filter(([namespace]) => namespace === 'relayq')
      .map(([, name, dimension, stage]) => {
        expect([dimension, stage]).toEqual(['stage', 'dev']);
        return name;
      });
    expect(new Set(own)).toEqual(new Set(Object.keys(metrics)));
  });

  test('shows how much is in each queue, how old it is, and what is dead', () => {
    const queues = ['outbox', 'waiting', 'waiting-soon', 'held', 'delivery.fifo', 'delivery-slow.fifo'];
    const depth = 'Mail in the queues: ready, on its way, hidden or delayed';
    const age = 'The oldest message in each queue';
    expect(labels(depth)).toEqual(queues);
    expect(labels(age)).toEqual(queues);
    expect(labels('Dead letters')).toEqual(['outbox-dlq', 'waiting-dlq', 'delivery-dlq.fifo']);
    const counted = readBy(called(depth)).map(([, metric, , queue]) => `${metric} of ${queue}`);
    for (const queue of queues) {
      const kinds = ['Visible', 'NotVisible', ...(queue.endsWith('.fifo') ? [] : ['Delayed'])];
      for (const kind of kinds)
        expect(counted).toContain(`ApproximateNumberOfMessages${kind} of relayq-dev-${queue}`);
    }
  });

  test('shows how the functions fare', () => {
    expect(labels('Invocations')).toEqual(['route', 'deliver']);
    expect(labels('Errors and throttles')).toEqual([
      'route: errors',
      'deliver: errors',
      'route: throttles',
      'deliver: throttles',
    ]);
    expect(labels('Invocations at the same time')).toEqual(['route', 'deliver']);
    expect(labels('How long 95 % of invocations take at most')).toEqual(['route', 'deliver']);
  });

  test('shows all alarms, and the last faults of both logs', () => {
    expect(called('Alarms').properties.alarms).toHaveLength(stack.all('AWS::CloudWatch::Alarm').length);
    const {query} = called('The last lines of level error').properties;
    expect(query).toBe(
      "SOURCE '/aws/lambda/relayq-dev-route' | SOURCE '/aws/lambda/relayq-dev-deliver' | " +
        'filter level = "error"\n| fields @timestamp, message, @log, @message\n| sort @timestamp desc\n| limit 20',
    );
  });

  test('stays within what CloudWatch takes, and within the 50 metrics of dashboards that are free', () => {
    const read = widgets.flatMap(readBy);
    expect(read.length).toBeLessThanOrEqual(50);
    const said = readFileSync(join(root, 'docs/limits.md'), 'utf8').replaceAll(/\s+/g, ' ');
    expect(said).toContain(`at most 50 metrics each: it has ${read.length}.`);
    // 500 widgets, 500 metrics a widget, 100 alarms a widget (CloudWatch service quotas).
    expect(widgets.length).toBeLessThanOrEqual(500);
    expect((called('Alarms').properties.alarms as unknown[]).length).toBeLessThanOrEqual(100);
    // CloudFormation takes a template of 1 MB (CloudFormation quotas), and the stack has other resources.
    expect(Buffer.byteLength(body)).toBeLessThan(50_000);
    expect(Buffer.byteLength(JSON.stringify(stack.template.toJSON()))).toBeLessThan(500_000);
  });
});
