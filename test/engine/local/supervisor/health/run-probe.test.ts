import { writeSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openOutputPipe } from '../../../../../src/engine/local/supervisor/health/output-pipe.ts'
import { type ProbeOptions, runProbe } from '../../../../../src/engine/local/supervisor/health/run-probe.ts'
import { LaunchFailure } from '../../../../../src/runtime/keeper/keeper-error.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

/** The payload of a LAUNCH message as far as it is looked at: the id. */
const request = Buffer.concat([Buffer.from([7, 0, 0, 0]), Buffer.from('abc/hea'), Buffer.from([1, 0, 0, 0])])

class ProbeKeeper {
  readonly signals: (readonly [string, number])[] = []
  readonly #end = Promise.withResolvers<{ readonly status: number }>()
  readonly #output: string

  constructor(output: string) {
    this.#output = output
  }

  launch(_request: Buffer, fds: readonly number[] = []): Promise<{ readonly pid: number }> {
    const [, stdout, stderr] = fds
    expect(stdout).toBe(stderr)
    if (stdout !== undefined && this.#output !== '') writeSync(stdout, this.#output)
    return Promise.resolve({ pid: 1 })
  }

  wait(id: string): Promise<{ readonly status: number }> {
    expect(id).toBe('abc/hea')
    return this.#end.promise
  }

  signal(id: string, signal: number): Promise<void> {
    this.signals.push([id, signal])
    this.end(9)
    return Promise.resolve()
  }

  end(status: number): void {
    this.#end.resolve({ status })
  }
}

function probe(keeper: ProbeOptions['keeper'], options: Partial<ProbeOptions> = {}) {
  const signal = new AbortController().signal
  return runProbe({
    keeper,
    clock: new FakeClock(),
    request,
    timeoutMs: 1000,
    openPipe: openOutputPipe,
    isPaused: () => false,
    signal,
    ...options,
  })
}

describe('runProbe()', () => {
  for (const { status, exitCode } of [
    { status: 0, exitCode: 0 },
    { status: 256, exitCode: 1 },
    { status: 11, exitCode: 139 },
  ]) {
    test(`gives exit code ${exitCode} and the output for wait status ${status}`, async () => {
      const keeper = new ProbeKeeper('fine\n')
      keeper.end(status)
      expect(await probe(keeper)).toMatchObject({ exitCode, output: 'fine\n' })
    })
  }
  test('keeps 4096 bytes of output', async () => {
    const keeper = new ProbeKeeper('x'.repeat(10_000))
    keeper.end(0)
    expect((await probe(keeper)).output).toBe(`${'x'.repeat(4096)}...`)
  })
  test('kills after the timeout and says so', async () => {
    const keeper = new ProbeKeeper('still trying')
    const clock = new FakeClock()
    const result = probe(keeper, { clock })
    await clock.advance(1500)
    expect(await result).toEqual({
      startedAt: 1_000_000,
      endedAt: 1_001_500,
      exitCode: -1,
      output: 'Health check exceeded timeout (1s): still trying',
    })
    expect(keeper.signals).toEqual([['abc/hea', 9]])
  })
  test('does not count the time for which the container is paused', async () => {
    const keeper = new ProbeKeeper('')
    const clock = new FakeClock()
    let isPaused = true
    const result = probe(keeper, { clock, isPaused: () => isPaused })
    await clock.advance(5500)
    expect(keeper.signals).toEqual([])
    isPaused = false
    await clock.advance(1000)
    expect(await result).toMatchObject({ exitCode: -1 })
    expect(keeper.signals).toEqual([['abc/hea', 9]])
  })
  test('kills when it is stopped', async () => {
    const keeper = new ProbeKeeper('')
    const stopping = new AbortController()
    const result = probe(keeper, { signal: stopping.signal })
    stopping.abort()
    await result
    expect(keeper.signals).toEqual([['abc/hea', 9]])
  })
  test('counts a launch that fails as a failure', async () => {
    const keeper = new ProbeKeeper('')
    keeper.launch = () => Promise.reject(new Error('exec /bin/no: ENOENT'))
    expect(await probe(keeper)).toMatchObject({ exitCode: -1, output: 'exec /bin/no: ENOENT' })
  })
  test('names the program that the container lacks, not the first place of PATH', async () => {
    const keeper = new ProbeKeeper('')
    const what = 'execve /usr/local/sbin/pg_isready'
    keeper.launch = () => Promise.reject(new LaunchFailure({ errno: 2, index: 40, what }))
    const output =
      'Cannot run "pg_isready": the container has no such program, looked first in /usr/local/sbin'
    expect(await probe(keeper)).toMatchObject({ exitCode: -1, output })
  })
})
