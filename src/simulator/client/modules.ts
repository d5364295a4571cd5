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

const CLIENT_FOLDER = new URL('./browser/', import.meta.url);
const loaded = new Map<string, Promise<string>>();

/**
 * A browser module as JavaScript: the built file, or the source with its types stripped when nothing was built.
 *
 * @param folder ending in a slash; the client's own by default
 */
export function browserModule(name: string, folder = CLIENT_FOLDER): Promise<string> {
  const { href } = new URL(name, folder);
  const known = loaded.get(href);
  if (known) return known;
  const script = readFile(new URL(`${href}.js`), 'utf8').catch(() => fromSource(href));
  loaded.set(href, script);
  return script;
}

async function fromSource(href: string): Promise<string> {
  const source = await readFile(new URL(`${href}.ts`), 'utf8');
  // A development dependency: only tests run from source.
  const { default: typescript } = await import('typescript');
  const { ModuleKind, ScriptTarget } = typescript;
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 };
  return typescript.transpileModule(source, { compilerOptions }).outputText;
}
