import { readFile } from 'node:fs/promises';

/**
 * A module of ours for browsers, as JavaScript. The build has compiled it; run from the sources, as in tests, it is
 * compiled here.
 *
 * @param file the module's address without its ending, such as `new URL('./client/page', import.meta.url)`
 */
export async function browserScript(file: URL): Promise<string> {
  if (import.meta.url.endsWith('.js')) {
    const compiled = await readFile(new URL(`${file.href}.js`), 'utf8');
    return compiled.replace(/^\/\/# sourceMappingURL=.*$/m, '');
  }
  const { default: typescript } = await import('typescript');
  const source = await readFile(new URL(`${file.href}.ts`), 'utf8');
  const { ESNext: module } = typescript.ModuleKind;
  const { ES2023: target } = typescript.ScriptTarget;
  return typescript.transpileModule(source, { compilerOptions: { module, target } }).outputText;
}
