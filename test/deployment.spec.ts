import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { z } from 'zod';
import { loadConfig } from '../src/config.js';

const serviceSchema = z.object({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }),
  restart: z.string(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  profiles: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  privileged: z.literal(false).default(false),
});

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const text = read('docker-compose.yml');
const { services } = z
  .object({ services: z.record(z.string(), serviceSchema) })
  .parse(load(text, { schema: CORE_SCHEMA.withTags(mergeTag) }));
const ours = ['migrate', 'api', 'worker', 'simulator'].map((name) => services[name]!);

describe('docker-compose.yml', () => {
  it('runs the database, the migrations, the API, the worker and, only in the profile "demo", the simulator', () => {
    expect(Object.keys(services).toSorted()).toEqual(['api', 'migrate', 'postgres', 'simulator', 'worker']);
    const always = Object.entries(services).filter(([, { profiles }]) => profiles.length === 0);
    expect(always.map(([name]) => name).toSorted()).toEqual(['api', 'migrate', 'postgres', 'worker']);
    expect(services.simulator?.profiles).toEqual(['demo']);
  });

  it('I5 has no secret of its own and a default for none', () => {
    const secrets = text.matchAll(/^\s*(\w*(?:PASSWORD|KEYS|SECRET|TOKEN)\w*): (.*)$/gm);
    const values = [...secrets].map(([, name, value]) => ({ name, value }));
    expect(values.length).toBeGreaterThanOrEqual(4);
    for (const { name, value } of values) {
      expect({ name, value }).toEqual({ name, value: `\${${name}:?${name} is not set, see .env.example}` });
    }
    for (const [, user, password] of text.matchAll(/postgres:\/\/(\w+):([^@]*)@/g)) {
      expect({ user, password }).toEqual({ user, password: expect.stringMatching(/^\$\{\w+_PASSWORD:\?/) });
    }
  });

  it('I1 gives the server the role without rights of its own, and the owner to the migrations alone', () => {
    for (const name of ['api', 'worker']) {
      expect(services[name]?.environment.DATABASE_URL).toContain('postgres://countersign_app:');
      expect(JSON.stringify(services[name]?.environment)).not.toContain('OWNER');
    }
    expect(services.migrate?.environment.MIGRATION_DATABASE_URL).toContain('postgres://countersign_owner:');
  });

  it('watches the health of everything that stays, and restarts it', () => {
    for (const name of ['postgres', 'api', 'worker', 'simulator']) {
      expect(services[name]?.healthcheck.test?.[0]).toBe('CMD');
      expect(services[name]?.restart).toBe('unless-stopped');
    }
    expect(services.migrate?.restart).toBe('no');
  });

  it('starts the server only after the migrations', () => {
    for (const name of ['api', 'worker']) {
      expect(services[name]?.depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
      });
    }
  });

  it('confines its containers and publishes on the loopback address unless told otherwise', () => {
    for (const service of ours) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    }
    expect(services.postgres?.ports).toEqual([]);
    for (const port of ours.flatMap(({ ports }) => ports)) {
      expect(port).toMatch(/^\$\{\w+:-127\.0\.0\.1:\d+\}:\d+$/);
    }
  });
});

describe('Dockerfile', () => {
  const stages = read('Dockerfile')
    .split(/^FROM /m)
    .slice(1);
  const last = stages.at(-1) ?? '';

  it('builds apart from what it ships, and ships no sources or tools', () => {
    expect(stages).toHaveLength(2);
    expect(stages.every((stage) => stage.startsWith('node:24'))).toBe(true);
    expect(stages[0]).toContain('npm ci --omit=dev');
    expect(last).not.toMatch(/^COPY (?!--from=build)\S*\s*(\.|src)\s/m);
    expect(last).not.toMatch(/^RUN npm/m);
  });

  it('runs as an unprivileged user, with a health check', () => {
    expect(last.match(/^USER (.*)$/m)?.[1]).toBe('node');
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(last.trimEnd().endsWith('CMD ["node", "dist/src/main.js"]')).toBe(true);
  });

  it('sends neither settings, data nor history to the build', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env', '.env.*', '.data', '.git', 'node_modules']));
  });
});

describe('.env.example', () => {
  const example = read('.env.example');
  const set = Object.fromEntries(
    [...example.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  const shown = Object.fromEntries(
    [...example.matchAll(/^# (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );

  it('names every setting that docker-compose.yml reads, and holds no secret', () => {
    const wanted = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
    expect(Object.keys({ ...set, ...shown })).toEqual(expect.arrayContaining([...wanted]));
    expect(Object.values(set).every((value) => value === '')).toBe(true);
  });

  it('shows the defaults that the server really has', () => {
    const required = {
      DATABASE_URL: 'postgres://countersign_app:x@db.example:5432/countersign',
      ENCRYPTION_KEYS: 'k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
      PUBLIC_URL: 'https://id.example.com',
    };
    const { DATABASE_URL: _, ...optional } = shown;
    expect(loadConfig({ ...optional, ...required })).toEqual(loadConfig(required));
  });
});
