import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

test('createLocalEngine() loads no native code: what only looks would wait 2 ms for it', () => {
  const engine = resolve(import.meta.dirname, '../../../src/engine/local/local-engine.ts')
  const script = `
    const { createLocalEngine } = await import(${JSON.stringify(engine)})
    const roots = { data: '/nonexistent/data', run: '/nonexistent/run' }
    await createLocalEngine({ roots, programs: {} }).observe('shop', [], { firewall: true })
    const { readFileSync } = await import('node:fs')
    process.stdout.write(readFileSync('/proc/self/maps', 'utf8'))`
  const args = ['--input-type=module', '--eval', script]
  const maps = execFileSync(process.execPath, args, { encoding: 'utf8' })
  expect(maps).toContain('/node')
  expect(maps).not.toContain('.node\n')
})
