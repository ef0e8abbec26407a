import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const module = join(import.meta.dirname, '../../src/cli/descriptor-output.ts')

/** A program that writes `count` numbered lines to standard output and ends when they are flushed. */
function writer(count: number, before = ''): readonly string[] {
  const code = `import { descriptorOutput } from ${JSON.stringify(module)}
${before}
const output = descriptorOutput(1, () => process.stdout)
for (let line = 0; line < ${count}; line += 1) output.write('line ' + line + ' ' + 'x'.repeat(100) + '\\n')
await output.flush()
process.exit(7)`
  return ['--input-type=module-typescript', '--no-warnings', '-e', code]
}

test('descriptorOutput() writes to a pipe without a stream of Node', async () => {
  const program = writer(
    3,
    `Object.defineProperty(process, 'stdout', { get: () => { throw new Error('opened') } })`,
  )
  const { stdout } = await promisify(execFile)(process.execPath, program).catch(result => result)
  expect(stdout.split('\n').map((line: string) => line.slice(0, 6))).toEqual([
    'line 0',
    'line 1',
    'line 2',
    '',
  ])
})

test('descriptorOutput() loses nothing on a pipe that does not block and whose reader is slow', async () => {
  // A child's pipe is a socket without O_NONBLOCK; making a stream of a second handle on it sets the flag for both.
  const before = `import { Socket } from 'node:net'
new Socket({ fd: 1, readable: false }).unref()`
  const child = spawn(process.execPath, writer(20_000, before), { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.pause()
  await once(child, 'spawn')
  let text = ''
  for await (const chunk of child.stdout) text += chunk
  const lines = text.split('\n')
  expect(lines).toHaveLength(20_001)
  expect(lines.at(-2)).toMatch(/^line 19999 /)
})

test('descriptorOutput() lets the program end by itself when its reader has gone', async () => {
  const child = spawn(process.execPath, writer(20_000), { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint += chunk
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const [code] = await once(child, 'close')
  expect([code, complaint]).toEqual([7, ''])
})
