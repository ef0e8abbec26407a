import { spawnSync } from 'node:child_process'
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { LogSource } from '../../../../src/engine/local/log/log-source.ts'
import { readLogs } from '../../../../src/engine/local/log/read-logs.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function aSource(folder: string, number: number): LogSource {
  return {
    container: containerIdOf(number),
    name: `shop-web-${number}`,
    service: 'web',
    number,
    logPath: join(folder, `log${number}`),
    stateDir: folder,
    state: { kind: 'created' },
  }
}

test('readLogs() merges by time and keeps the pieces of a line together', async () => {
  using folder = temporaryFolder()
  const sources = [aSource(folder.path, 1), aSource(folder.path, 2)]
  const long = Array.from({ length: 33 }, (_, index) => `t${index + 10} stdout P ${'x'.repeat(16 * 1024)}\n`)
  writeFileSync(join(folder.path, 'log1'), `t00 stdout F first\n${long.join('')}t90 stdout F end\n`)
  writeFileSync(join(folder.path, 'log2'), 't01 stdout F second\nt30 stdout F between\n')
  const order: string[] = []
  for await (const { number, partial } of readLogs({ list: () => sources }, undefined))
    order.push(`${number}${partial ? '+' : ''}`)
  expect(order).toEqual(['1', '2', '1+', '1+', '1', '2'])
})

test('readLogs() reads a line of 192 MB in a heap of 48 MB', () => {
  using folder = temporaryFolder()
  const log = openSync(join(folder.path, 'log1'), 'w')
  const parts = Buffer.from(`2026-01-01T00:00:00.000000000Z stdout P ${'x'.repeat(16 * 1024)}\n`.repeat(64))
  for (let written = 0; written < 192; written += 1) writeSync(log, parts)
  writeSync(log, '2026-01-01T00:00:00.000000000Z stdout F end\n')
  closeSync(log)
  const program = `
    import { readLogs } from '${resolve(import.meta.dirname, '../../../../src/engine/local/log/read-logs.ts')}'
    let length = 0
    const sources = { list: () => [${JSON.stringify(aSource(folder.path, 1))}] }
    for await (const { text } of readLogs(sources, 1)) length += text.length
    console.log(length, process.resourceUsage().maxRSS < 250_000)
  `
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--max-old-space-size=48', '--input-type=module', '-e', program],
    { encoding: 'utf8' },
  )
  expect(`${stdout}${stderr}`).toBe(`${192 * 64 * 16 * 1024 + 3} true\n`)
})
