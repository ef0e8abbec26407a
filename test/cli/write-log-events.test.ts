import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { LogEvent, LogLine } from '../../src/app/index.ts'
import type { TextOutput } from '../../src/cli/cli-ports.ts'
import { writeLogEvents } from '../../src/cli/write-log-events.ts'
import { containerIdOf } from '../support/apply-plan.ts'
import { interruptsOf, recordedOutput } from '../support/cli-ports.ts'

const ORIGIN = { container: containerIdOf(1), name: 'shop-web-1', service: 'web', number: 1 }

function aLine(text: string, stream: LogLine['stream'] = 'stdout'): LogLine {
  return { kind: 'line', ...ORIGIN, stream, time: '2026-11-23T12:00:00Z', text }
}

/** Writes `events`, and returns what each single write had. */
async function written(
  events: (seen: readonly string[]) => AsyncIterable<LogEvent>,
): Promise<readonly string[]> {
  const seen: string[] = []
  const stdout = recordedOutput()
  const ports = { stdout, stderr: recordedOutput(), interrupts: interruptsOf(new AbortController().signal) }
  const format = (event: LogEvent) =>
    event.kind === 'line' ? event : ({ stream: 'stdout', text: 'end' } as const)
  const write = (output: TextOutput, text: string) => {
    seen.push(`${output === stdout ? 'out' : 'err'} ${text.length > 99 ? text.length : text}`)
  }
  await writeLogEvents(ports, events(seen), { format, write })
  return seen
}

test('writeLogEvents() writes what comes together at once, in order across streams', async () => {
  const writes = await written(async function* () {
    yield* [aLine('a'), aLine('b'), aLine('c', 'stderr'), aLine('d')]
  })
  expect(writes).toEqual(['out ab', 'err c', 'out d'])
})

test('writeLogEvents() lets nothing wait: not for the next line, nor an end for what follows it', async () => {
  const writes = await written(async function* (seen) {
    yield aLine('a')
    await turn()
    await turn()
    expect(seen).toEqual(['out a'])
    yield aLine('b')
    yield { kind: 'end', ...ORIGIN, exitCode: 0, isRestarting: false }
    expect(seen).toEqual(['out a', 'out bend'])
  })
  expect(writes).toHaveLength(2)
})

test('writeLogEvents() holds 64 KiB at most', async () => {
  const text = 'x'.repeat(40 * 1024)
  const writes = await written(async function* () {
    yield* [aLine(text), aLine(text), aLine('rest')]
  })
  expect(writes).toEqual([`out ${80 * 1024}`, 'out rest'])
})

test('writeLogEvents() ends when a write fails after the last event', async () => {
  let fail = (): void => undefined
  const stdout = { ...recordedOutput(), whenFailed: (listener: () => void) => (fail = listener) }
  const ports = { stdout, stderr: recordedOutput(), interrupts: interruptsOf(new AbortController().signal) }
  const events = async function* () {
    yield aLine('a')
    await new Promise(() => undefined)
  }
  const ended = writeLogEvents(ports, events(), {
    format: () => ({ stream: 'stdout', text: 'a' }),
    write: () => setImmediate(fail),
  })
  await expect(ended).resolves.toBeUndefined()
})
