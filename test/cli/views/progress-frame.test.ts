import { expect, test } from 'vitest'
import { type FrameOptions, progressFrame } from '../../../src/cli/views/progress-frame.ts'
import type { ProgressRow } from '../../../src/cli/views/progress-rows.ts'

const OPTIONS: FrameOptions = { title: 'up', columns: 60, lines: undefined, now: 1000, isColored: false }

function aRow(name: string, changes: Partial<ProgressRow> = {}): ProgressRow {
  return {
    thing: `Container ${name}`,
    state: 'done',
    status: 'Started',
    detail: '',
    startedAt: 0,
    endedAt: 100,
    ...changes,
  }
}

test('progressFrame() lines up things, words and times', () => {
  const rows = [
    aRow('shop-db-1'),
    aRow('shop-web-1', { state: 'working', status: 'Creating', endedAt: undefined }),
    aRow('shop-job-1', { state: 'failed', status: 'Error', detail: 'no' }),
    aRow('x', { state: 'skipped', status: 'Skipped' }),
  ]
  expect(progressFrame(rows, OPTIONS)).toEqual([
    '[+] up 1/4',
    ' ✔ Container shop-db-1   Started                       0.1s',
    ' ⠋ Container shop-web-1  Creating                      1.0s',
    ' ✘ Container shop-job-1  Error     no                  0.1s',
    ' - Container x           Skipped                       0.1s',
  ])
})

test('progressFrame() is never wider than the terminal', () => {
  const rows = [aRow('a-container-with-a-long-name-1', { detail: 'and much to say about it' })]
  for (const columns of [5, 20, 40, 60, 200]) {
    for (const line of progressFrame(rows, { ...OPTIONS, columns })) {
      expect(line.length).toBeLessThanOrEqual(columns)
    }
  }
})

test('progressFrame() shows what works and what failed where not all fits', () => {
  const rows = Array.from({ length: 50 }, (_, index) => aRow(`c${index}`))
  rows[30] = aRow('busy', { state: 'working', endedAt: undefined })
  rows[40] = aRow('broken', { state: 'failed' })
  const frame = progressFrame(rows, { ...OPTIONS, lines: 6 })
  expect(frame).toHaveLength(6)
  expect(frame.join('\n')).toContain('busy')
  expect(frame.join('\n')).toContain('broken')
  expect(frame.at(-1)).toBe('   ... and 46 more')
})

test('progressFrame() of no rows is nothing', () => {
  expect(progressFrame([], OPTIONS)).toEqual([])
})

test('progressFrame() colours without leaving a colour on', () => {
  const [, line = ''] = progressFrame([aRow('a', { state: 'failed' })], { ...OPTIONS, isColored: true })
  expect(line).toContain('\u001b[31m')
  expect(line.lastIndexOf('\u001b[0m')).toBeGreaterThan(line.lastIndexOf('\u001b[31m'))
})

test('progressFrame() tells as much of a transfer as there is room for', () => {
  const [bytesDone, bytesTotal] = [25 * 1_000_000, 100 * 1_000_000]
  const progress = { isAllHere: false, layersDone: 0, layersTotal: 1, bytesDone, bytesTotal }
  const transfer = {
    progress,
    samples: [
      { at: 0, bytes: 0 },
      { at: 1000, bytes: bytesDone },
    ],
  }
  const rows = [
    aRow('', { thing: 'Image redis:7', state: 'working', status: 'Pulling', endedAt: undefined, transfer }),
  ]
  const textAt = (columns: number) =>
    progressFrame(rows, { ...OPTIONS, columns })[1]
      ?.slice(25)
      .replace(/ +1\.0s$/, '')
      .trim()
  expect(textAt(80)).toBe('25%  25.0MB / 100.0MB  25.0MB/s  3s left')
  expect(textAt(70)).toBe('25%  25.0MB / 100.0MB  25.0MB/s')
  expect(textAt(60)).toBe('25%  25.0MB / 100.0MB')
  expect(textAt(45)).toBe('25%')
})

test('progressFrame() lines up what is known of several transfers', () => {
  const transferOf = (bytesDone: number, bytesTotal: number) => ({
    progress: { isAllHere: bytesDone === bytesTotal, layersDone: 0, layersTotal: 2, bytesDone, bytesTotal },
    samples: [
      { at: 0, bytes: 0 },
      { at: 1000, bytes: bytesDone },
    ],
  })
  const row = (name: string, transfer: ReturnType<typeof transferOf>) =>
    aRow('', { thing: `Image ${name}`, state: 'working', status: 'Pulling', endedAt: undefined, transfer })
  const rows = [
    row('a:1', transferOf(500_000, 5_000_000)),
    row('b:1', transferOf(12_000_000, 14_000_000)),
    row('c:1', transferOf(9_000_000, 9_000_000)),
  ]
  expect(progressFrame(rows, { ...OPTIONS, columns: 80 }).slice(1)).toEqual([
    ' ⠋ Image a:1  Pulling  10%  500.0kB / 5.0MB  500.0kB/s  9s left            1.0s',
    ' ⠋ Image b:1  Pulling  85%  12.0MB / 14.0MB   12.0MB/s  1s left            1.0s',
    ' ⠋ Image c:1  Pulling  0 of 2 layers                                       1.0s',
  ])
})

test('progressFrame() counts the columns of names and messages, not their characters', () => {
  const rows = [
    aRow('', {
      thing: 'Image oci:/画像/ウェブ',
      state: 'failed',
      status: 'Error',
      detail: '壊れている'.repeat(4),
    }),
    aRow('', { thing: 'Image redis:7', status: 'Pulled' }),
  ]
  const frame = progressFrame(rows, OPTIONS)
  expect(frame).toEqual([
    '[+] up 1/2',
    ' ✘ Image oci:/画像/ウェブ  Error   壊れている壊れてい… 0.1s',
    ' ✔ Image redis:7           Pulled                      0.1s',
  ])
})
