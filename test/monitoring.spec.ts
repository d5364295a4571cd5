import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { z } from 'zod';
import { registry } from '../src/metrics/registry.js';
import { startTestApp, type TestApp } from './support/app.js';
import { mentionsOf } from './support/promql.js';

/** Labels that Prometheus itself adds. */
const ADDED = ['instance', 'job'];

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const panelSchema = z.object({
  id: z.number(),
  type: z.enum(['row', 'stat', 'timeseries']),
  title: z.string().min(1),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  datasource: z.object({ uid: z.literal('${datasource}') }).optional(),
  targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
});
const dashboard = z
  .object({
    schemaVersion: z.number().min(41),
    templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
    panels: z.array(panelSchema),
  })
  .parse(JSON.parse(read('monitoring/grafana-dashboard.json')));

const alerts = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.strictObject({
            alert: z.string().regex(/^Countersign[A-Z]\w+$/),
            expr: z.string(),
            for: z
              .string()
              .regex(/^\d+[mh]$/)
              .optional(),
            labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
            annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
          }),
        ),
      }),
    ),
  })
  .parse(load(read('monitoring/alerts.yaml')))
  .groups.flatMap(({ rules }) => rules);

const operations = read('docs/operations.md');
/** As GitHub makes them of headings. */
const anchors = [...operations.matchAll(/^#+ (.+)$/gm)].map(
  ([, heading = '']) =>
    `docs/operations.md#${heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-')}`,
);
const documented = [...operations.matchAll(/^\| `(countersign_\w+)`/gm)].map(([, name = '']) => name);

const panelQueries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ where: `panel ${title}`, expr, text: legendFormat })),
);
const queries = [
  ...panelQueries,
  ...alerts.map(({ alert, expr, annotations }) => ({
    where: `alert ${alert}`,
    expr,
    text: annotations.summary,
  })),
];

describe('what watches the server', () => {
  let app: TestApp;
  /** Series that the server exports, each with its labels. */
  const series = new Map<string, string[]>();
  let exported: string[];

  beforeAll(async () => {
    app = await startTestApp();
    const { body } = await app.anonymous.get<string>('/metrics');
    const types = [...body.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
    exported = types.map(([, name = '']) => name);
    const labelsOf = new Map(
      registry.getMetricsAsArray().map((metric) => {
        const { name, labelNames = [] } = metric as unknown as { name: string; labelNames?: string[] };
        return [name, labelNames];
      }),
    );
    for (const [, name = '', type] of types) {
      const labels = labelsOf.get(name) ?? [];
      if (type !== 'histogram') series.set(name, labels);
      else {
        series.set(`${name}_bucket`, [...labels, 'le']);
        for (const suffix of ['_sum', '_count']) series.set(name + suffix, labels);
      }
    }
  });

  afterAll(() => app.stop());

  it('is declared with a help text, and without ids in labels', () => {
    expect(exported.length).toBeGreaterThan(40);
    for (const [name, labels] of series) {
      expect({ name, ids: labels.filter((label) => /id$|tenant|session/i.test(label)) }).toEqual({
        name,
        ids: [],
      });
    }
  });

  it.each(queries)('asks for what the server exports: $where, $expr', ({ expr, text }) => {
    const mentions = mentionsOf(expr);
    expect(mentions.series.length).toBeGreaterThan(0);
    const known = new Set(ADDED);
    expect(mentions.series.map(({ name }) => name).filter((name) => !series.has(name))).toEqual([]);
    for (const { name, labels } of mentions.series) {
      for (const label of series.get(name) ?? []) known.add(label);
      expect([...(series.get(name) ?? []), ...ADDED]).toEqual(expect.arrayContaining(labels));
    }
    const shown = [...text.matchAll(/\{\{ ?(?:\$labels\.)?(\w+) ?\}\}/g)].map(([, label = '']) => label);
    const grouped = mentions.grouping.filter((label) => label !== 'le');
    expect([...known]).toEqual(expect.arrayContaining([...mentions.grouping, ...shown]));
    if (grouped.length > 0) expect(grouped).toEqual(expect.arrayContaining(shown));
  });

  it('has every metric of its own in the table of docs/operations.md, and no other', () => {
    const own = exported.filter((name) => name.startsWith('countersign_'));
    expect(documented.toSorted()).toEqual(own.toSorted());
  });

  it('has every metric of its own on the dashboard', () => {
    const shown = new Set(
      panelQueries.flatMap(({ expr }) => mentionsOf(expr).series.map(({ name }) => name)),
    );
    const own = exported.filter((name) => name.startsWith('countersign_'));
    const missing = own.filter(
      (name) => !['', '_bucket', '_count'].some((suffix) => shown.has(name + suffix)),
    );
    expect(missing).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('chooses its data source, and nothing of a tenant', () => {
    expect(dashboard.templating.list).toEqual([{ name: 'datasource', type: 'datasource' }]);
    for (const { type, datasource } of dashboard.panels) {
      expect({ type, chosen: datasource !== undefined }).toEqual({ type, chosen: type !== 'row' });
    }
  });

  it('has a row for each part, and panels that lie side by side', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(rows).toEqual(['API', 'Inbox and sync', 'Queues', 'Webhooks', 'Yoti', 'Database', 'Process']);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe('the alerts', () => {
  it.each(alerts)('have a section in the runbook: $alert', ({ annotations }) => {
    expect(anchors).toContain(annotations.runbook);
  });

  it('are all that the runbook has sections for', () => {
    const sections = anchors.filter((anchor) => anchor.includes('#alert-'));
    expect(sections.toSorted()).toEqual(alerts.map(({ annotations }) => annotations.runbook).toSorted());
  });
});
