import { expect, test } from 'vitest'
import type { StatsOptions, StatsSample } from '../../../src/app/stats.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { interruptsOf, recordedOutput, recordedPorts } from '../../support/cli-ports.ts'
import { anObservedContainer } from '../../support/observed-container.ts'

/** Looks a second apart, of a container that computes half of it. */
function looks(): () => Promise<readonly StatsSample[]> {
  let count = 0
  return async () => {
    count += 1
    const usage = {
      ...{ takenAtNs: count * 1e9, cpuNs: count * 5e8, memoryBytes: 1024, memoryLimitBytes: 4096, pids: 2 },
      ...{ network: { received: 1, sent: 2 }, block: { read: 3, written: 4 } },
    }
    return [{ container: anObservedContainer('web'), usage }]
  }
}

async function run(args: readonly string[], { isTerminal = false, frames = 0 } = {}) {
  const asked: StatsOptions[] = []
  const interrupt = new AbortController()
  let ticks = 0
  const every = (_intervalMs: number, tick: () => void) => {
    ticks += 1
    if (ticks > frames && frames > 0) interrupt.abort()
    else queueMicrotask(tick)
    return () => {}
  }
  const output = recordedOutput({ isTerminal })
  const ports = {
    ...recordedPorts(
      ['stats', ...args],
      {
        stats: async (_request, options) => {
          asked.push(options)
          return { kind: 'found', sample: looks() }
        },
      },
      { every, interrupts: interruptsOf(interrupt.signal) },
    ),
    stdout: output,
  }
  return { exitCode: await runCli(ports), stdout: output.text, asked }
}

test('stats --no-stream shows one table, with shares of two looks', async () => {
  const { exitCode, stdout, asked } = await run(['--no-stream', '-a', 'web'])
  expect([exitCode, asked]).toEqual([0, [{ services: ['web'], all: true }]])
  const [head = '', row = '', ...rest] = stdout.split('\n')
  expect(head.split(/ {2,}/)).toEqual([
    ...['CONTAINER ID', 'NAME', 'CPU %', 'MEM USAGE / LIMIT', 'MEM %', 'NET I/O', 'BLOCK I/O', 'PIDS'],
  ])
  expect(row.split(/ {2,}/).slice(1)).toEqual([
    ...['shop-web-1', '50.00%', '1KiB / 4KiB', '25.00%', '1B / 2B', '3B / 4B', '2'],
  ])
  expect(rest).toEqual([''])
})

test('stats --format writes objects, or what a template makes', async () => {
  expect(JSON.parse((await run(['--no-stream', '--format', 'json'])).stdout)).toMatchObject({
    Name: 'shop-web-1',
    PIDs: '2',
  })
  expect((await run(['--no-stream', '--format', '{{.Name}} {{.CPUPerc}}'])).stdout).toBe(
    'shop-web-1 50.00%\n',
  )
})

test('stats goes on until Ctrl-C, and draws on a terminal without clearing it', async () => {
  const { exitCode, stdout } = await run([], { isTerminal: true, frames: 3 })
  expect(exitCode).toBe(130)
  // The last frame is drawn again over the ^C of the terminal.
  expect(stdout.match(/shop-web-1/g)?.length).toBe(5)
  expect(stdout).toContain('\u001b[2A\r')
  expect(stdout).not.toContain('\u001b[2J')
})

test('stats writes a table after the other where there is no terminal', async () => {
  const { stdout } = await run([], { frames: 2 })
  expect(stdout.match(/CONTAINER ID/g)?.length).toBe(3)
  expect(stdout).not.toContain('\u001b')
})
