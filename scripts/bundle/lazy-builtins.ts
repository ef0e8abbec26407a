import type { Plugin } from 'esbuild'

const LAZY =
  /^(?:node:)?(?:child_process|crypto|dgram|dns|dns\/promises|fs\/promises|http|https|net|os|readline|readline\/promises|stream|stream\/promises|timers\/promises|tls|tty|worker_threads|zlib)$/

/** What `require` returns of these is used as a class, not only for its exports. */
const IS_CLASS = /^(?:node:)?stream$/

/**
 * Loads modules of Node when one of their exports is first used, not when the importing file is. `node:crypto` alone
 * takes 4 ms, `node:child_process` and `node:net` another 2 ms, and most commands use neither. What `import()` loads is
 * late enough by itself.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup: build => {
    build.onResolve({ filter: LAZY }, ({ path, namespace, kind }) =>
      namespace === 'lazy' || kind === 'dynamic-import' || (kind === 'require-call' && IS_CLASS.test(path))
        ? { path, external: true }
        : { path: path.replace(/^(node:)?/, 'node:'), namespace: 'lazy' },
    )
    build.onLoad({ filter: /./, namespace: 'lazy' }, async ({ path }) => ({
      contents: await lazyModule(path),
    }))
  },
}

/** Getters pass through the wrapper that esbuild puts around a CommonJS module. */
async function lazyModule(path: string): Promise<string> {
  const builtin: object = await import(path)
  const names = Object.keys(builtin).filter(name => name !== 'default')
  return `let loaded
const load = () => (loaded ??= require(${JSON.stringify(path)}))
for (const name of ${JSON.stringify(names)}) {
  Object.defineProperty(exports, name, { enumerable: true, get: () => load()[name] })
}
`
}
