import { readFile } from 'node:fs/promises';

/** The modules of `browser/`, as the page imports them. */
export const BROWSER_MODULES = [
  'app',
  'api',
  'camera',
  'document',
  'dom',
  'liveness',
  'panel',
  'share-code',
] as const;

const loaded = new Map<string, Promise<string>>();

/** A browser module as JavaScript: the built file, or the source with its types stripped when nothing was built. */
export function browserModule(name: (typeof BROWSER_MODULES)[number]): Promise<string> {
  const known = loaded.get(name);
  if (known) return known;
  const script = readFile(new URL(`./browser/${name}.js`, import.meta.url), 'utf8').catch(() =>
    fromSource(name),
  );
  loaded.set(name, script);
  return script;
}

async function fromSource(name: string): Promise<string> {
  const source = await readFile(new URL(`./browser/${name}.ts`, import.meta.url), 'utf8');
  // A development dependency: only tests run from source.
  const { default: typescript } = await import('typescript');
  const { ModuleKind, ScriptTarget } = typescript;
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 };
  return typescript.transpileModule(source, { compilerOptions }).outputText;
}
