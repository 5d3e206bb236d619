// Bundles a Worker for workerd. A snippet is the text of a documentation page, unchanged; what the page leaves to the
// reader (a function around it, an app to register with) is put around it here.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const here = new URL('.', import.meta.url);

const around = {
  // A whole Worker.
  module: (text) => text,
  // The body of a handler; `result` names what the page goes on to use, `given` what it takes as given.
  body: (text, result, given = '') => {
    const imports = text.match(/^import .*;$/gm) ?? [];
    const rest = text.replace(/^import .*;$/gm, '');
    const end = result ? `return Response.json(${result});` : '';
    return `${imports.join('\n')}\nexport default async (env: any, { ${given} }: any = {}) => {${rest}\n${end}};`;
  },
  // Routes of an app.
  hono: (text) => `import { Hono } from 'hono';\nconst app = new Hono<any>();\n${text}\nexport default app;`,
  // A function.
  function: (text, name) => `${text}\nexport default ${name};`,
};

const snippets = {
  name: 'snippets',
  setup(build) {
    build.onResolve({ filter: /^snippet:/ }, ({ path }) => ({ path: path.slice('snippet:'.length), namespace: 'snippet' }));
    build.onLoad({ filter: /.*/, namespace: 'snippet' }, async ({ path }) => {
      const [file, form, ...rest] = path.split('?');
      const text = await readFile(new URL(`snippets/${file}.ts`, here), 'utf8');
      return { contents: around[form](text, ...rest), loader: 'ts', resolveDir: fileURLToPath(here) };
    });
  },
};

export async function bundle(entry) {
  const built = await esbuild.build({
    entryPoints: [fileURLToPath(new URL(entry, here))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
    plugins: [snippets],
  });
  return built.outputFiles[0].text;
}
