import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { watchInterrupts } from '../../src/cli/watch-interrupts.ts'

const module = join(import.meta.dirname, '../../src/cli/watch-interrupts.ts')

interface Case {
  readonly name: string
  readonly code: string
  readonly signals: readonly NodeJS.Signals[]
  readonly ends: readonly [code: number | null, signal: NodeJS.Signals | null]
}

const BLOCK = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)'
const END = `interrupts.first.addEventListener('abort', () => process.exit(interrupts.exitCode))`
const CASES: readonly Case[] = [
  {
    name: 'nobody has asked for one, and the thread is blocked',
    code: `ready(); ${BLOCK}`,
    signals: ['SIGINT'],
    ends: [null, 'SIGINT'],
  },
  {
    name: 'what is blocked is interruptible',
    code: `interrupts.first; interrupts.interruptibly(() => { ready(); ${BLOCK} })`,
    signals: ['SIGTERM'],
    ends: [null, 'SIGTERM'],
  },
  {
    name: 'a listener ends the process after SIGTERM',
    code: `${END}; interrupts.interruptibly(() => {}); ready(); setInterval(() => {}, 1000)`,
    signals: ['SIGTERM'],
    ends: [143, null],
  },
  {
    name: 'a listener ends the process after SIGINT, and what ran was held',
    code: `${END}; interrupts.hold(); interrupts.interruptibly(() => ready()); setInterval(() => {}, 1000)`,
    signals: ['SIGINT'],
    ends: [130, null],
  },
]

test('watchInterrupts() takes no signal that is handed on, whoever asks for an interrupt meanwhile', () => {
  const listeners = new Set<(name: NodeJS.Signals) => void>()
  const interrupts = watchInterrupts({
    on: listener => listeners.add(listener),
    off: listener => listeners.delete(listener),
    end: () => {},
  })
  const { first } = interrupts
  const delivered: string[] = []
  {
    using _forwarded = interrupts.forward(name => delivered.push(name))
    expect(interrupts.second.aborted).toBe(false)
    for (const listener of listeners) listener('SIGINT')
    expect({ delivered, aborted: first.aborted }).toEqual({ delivered: ['SIGINT'], aborted: false })
  }
  for (const listener of listeners) listener('SIGINT')
  expect({ delivered, aborted: first.aborted }).toEqual({ delivered: ['SIGINT'], aborted: true })
})

for (const { name, code, signals, ends } of CASES) {
  test(`watchInterrupts(): an interrupt ends the process where ${name}`, async () => {
    const program = `import { writeSync } from 'node:fs'
import { watchInterrupts } from ${JSON.stringify(module)}
const interrupts = watchInterrupts()
const ready = () => writeSync(1, 'ready')
${code}`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--no-warnings', '-e', program])
    await once(child.stdout, 'data')
    for (const signal of signals) child.kill(signal)
    expect(await once(child, 'close')).toEqual(ends)
  })
}
