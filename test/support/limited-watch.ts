import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { treePort } from '../../src/local/trees/watch-tree.ts'

/** Watches the folder of its argument, changes its file `d5/file`, and writes what it is told as JSON. */
async function main(): Promise<void> {
  const root = process.argv[2] ?? ''
  const limits: unknown[] = []
  await using tree = await treePort.watch({
    roots: [parseAbsolutePath(root)],
    skips: () => false,
    onLimit: limit => limits.push(limit),
  })
  appendFileSync(join(root, 'd5/file'), 'changed')
  const { paths } = await tree.next({ waitMs: 10_000, signal: new AbortController().signal })
  process.stdout.write(JSON.stringify({ limits, changed: paths }))
}

await main()
