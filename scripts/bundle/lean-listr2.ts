import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** What the progress of commands does not need of listr2 or what makes it slow to load, and what takes its place. */
const REPLACEMENTS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // All renderers but the silent one, which lists below a task have, with the three packages that they draw with.
  [/\/\/#region src\/renderer\/(?:default|simple|verbose|test)\/.*?\/\/#endregion/gs, ''],
  [/(?<=const RENDERERS = )\{[^}]*\}/g, '{ default: SilentRenderer, silent: SilentRenderer }'],
  [/^export \{[^}]*\};$/gm, 'export { Listr, ListrEventType, ListrTaskEventType, ListrTaskState };'],
  // Modules of Node that only its renderers and loggers use.
  [/^import \{ (?:EOL|StringDecoder) \} from "(?:os|string_decoder)";$/gm, ''],
  // The first use of process.stdout makes Node open a stream for it, and makes a pipe non-blocking for all who share it.
  [/process\.stdout\.isTTY === true \|\| renderer\.nonTTY === true/g, 'renderer.nonTTY === true'],
  // node:crypto takes 6 ms to load.
  [
    /^import \{ randomUUID \} from "crypto";$/gm,
    'let lastId = 0; const randomUUID = () => String(++lastId);',
  ],
]

/** Leaves out of listr2 what it would only cost time to load. */
export const leanListr2: Plugin = {
  name: 'lean-listr2',
  setup: build => {
    build.onLoad({ filter: /listr2\/dist\/index\.mjs$/ }, async ({ path }) => ({
      contents: REPLACEMENTS.reduce(replaced, await readFile(path, 'utf8')),
    }))
  },
}

function replaced(source: string, [pattern, replacement]: readonly [RegExp, string]): string {
  const result = source.replace(pattern, replacement)
  if (result === source) throw new Error(`Cannot bundle listr2: it does not hold ${pattern}`)
  return result
}
