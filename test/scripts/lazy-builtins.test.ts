import { createRequire } from 'node:module'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { lazyBuiltins } from '../../scripts/bundle/lazy-builtins.ts'

const SOURCES: ReadonlyArray<{ readonly text: string; readonly style: string }> = [
  {
    style: 'a named import',
    text: "import { createHash as use } from 'node:crypto'; export const run = () => use('md5')",
  },
  {
    style: 'a default import',
    text: "import c from 'node:crypto'; export const run = () => c.createHash('md5')",
  },
  {
    style: 'a namespace',
    text: "import * as c from 'node:crypto'; export const run = () => c.createHash('md5')",
  },
  {
    style: 'an unprefixed require',
    text: "const c = require('crypto'); exports.run = () => c.createHash('md5')",
  },
]
for (const { style, text } of SOURCES) {
  test(`lazyBuiltins loads a module of Node at the first use through ${style}`, async () => {
    const { outputFiles } = await build({
      stdin: { contents: text, loader: 'js' },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'cjs',
      plugins: [lazyBuiltins],
    })
    const loaded: string[] = []
    const require = createRequire(import.meta.url)
    const module = { exports: { run: (): unknown => undefined } }
    const observe = (id: string): unknown => {
      loaded.push(id)
      return require(id)
    }
    new Function('require', 'module', 'exports', outputFiles[0]?.text ?? '')(observe, module, module.exports)
    expect(loaded).toEqual([])
    expect(module.exports.run()).toHaveProperty('digest')
    expect(loaded).toEqual(['node:crypto'])
  })
}
