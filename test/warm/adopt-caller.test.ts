import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const MODULE = resolve(import.meta.dirname, '../../src/warm/adopt-caller.ts')

test('adoptCaller() replaces the environment and the folder, and leaveCaller() leaves nothing of them', () => {
  const script = `
import { adoptCaller, leaveCaller } from ${JSON.stringify(MODULE)}
const seen = () => [process.cwd(), Object.entries(process.env).sort()]
adoptCaller(new Map([['MARK', '1'], ['NODE_OPTIONS', '--nonsense']]), '/tmp')
const first = seen()
try { adoptCaller(new Map([['MARK', '2']]), '/nonexistent') } catch {}
const kept = seen()
leaveCaller()
console.log(JSON.stringify([first, kept, seen()]))
`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { OLD: 'x' },
    encoding: 'utf8',
  })
  const adopted = [
    '/tmp',
    [
      ['MARK', '1'],
      ['TCOMPOSE_CALLER_NODE_OPTIONS', '--nonsense'],
    ],
  ]
  expect(JSON.parse(output)).toEqual([adopted, adopted, ['/', []]])
})
