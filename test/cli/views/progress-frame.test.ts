import { expect, test } from 'vitest'
import type { BuildEvent } from '../../../src/app/index.ts'
import {
  type BuildProgress,
  buildSummary,
  NO_PROGRESS,
  withBuildEvent,
} from '../../../src/cli/views/build-progress.ts'
import { type FrameOptions, progressFrame } from '../../../src/cli/views/progress-frame.ts'
import type { ProgressRow } from '../../../src/cli/views/progress-rows.ts'
import { aBuildStepSummary } from '../../support/build-builders.ts'

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

/** A build of nine steps, two of which run; the first has written five lines. */
function aRunningBuild(): BuildProgress {
  const steps = Array.from({ length: 9 }, (_, index) =>
    aBuildStepSummary(index + 1, index === 4 ? 'RUN npm ci' : 'COPY . .', {
      ...{ stage: index < 6 ? 'build' : 'assets', position: (index % 6) + 2, count: 7 },
    }),
  )
  const events: readonly BuildEvent[] = [
    { kind: 'planned', steps },
    { kind: 'fetching', image: 'node:22', bytesDone: 1_000_000, bytesTotal: 4_000_000 },
    ...[1, 2, 3].map(id => ({ kind: 'step-finished', id, outcome: 'cached', tookMs: 0 }) as const),
    { kind: 'step-finished', id: 4, outcome: 'done', tookMs: 5 },
    { kind: 'step-started', id: 5 },
    { kind: 'step-started', id: 7 },
    ...['1', '2', '3', '4', '\u001b[32mfive\u001b[0m\tdone'].map(
      line => ({ kind: 'step-output', id: 5, stream: 'stdout', line }) as const,
    ),
  ]
  return events.reduce((build, event) => withBuildEvent(build, event, 0), NO_PROGRESS)
}

function aBuildRow(changes: Partial<ProgressRow> = {}): ProgressRow {
  const build = aRunningBuild()
  const row = { thing: 'Image shop-web', status: 'Building', detail: buildSummary(build), build }
  return aRow('', { state: 'working', endedAt: undefined, ...row, ...changes })
}

test('progressFrame() shows the steps of a build that run, and what they wrote last', () => {
  expect(progressFrame([aBuildRow(), aRow('shop-db-1')], { ...OPTIONS, lines: 20 })).toEqual([
    '[+] up 1/2',
    ' ⠋ Image shop-web       Building  4/9 steps, 3 cached  1.0s',
    '   node:22  1MB / 4MB',
    '   [build 6/7] RUN npm ci                              1.0s',
    '      2',
    '      3',
    '      4',
    '      five    done',
    '   [assets 2/7] COPY . .                               1.0s',
    ' ✔ Container shop-db-1  Started                        0.1s',
  ])
})

for (const { lines, shown } of [
  { lines: 9, shown: ['node:22', '[build 6/7]', '3', '4', 'five    done', '[assets 2/7]'] },
  { lines: 6, shown: ['node:22', '[build 6/7]', '[assets 2/7]'] },
  { lines: 4, shown: ['node:22'] },
  { lines: 3, shown: [] },
]) {
  test(`progressFrame() shows of a build what there is room for in ${lines} lines`, () => {
    const frame = progressFrame([aBuildRow(), aRow('shop-db-1')], { ...OPTIONS, lines })
    const below = frame.filter(line => line.startsWith('   ')).map(line => line.trim())
    expect(frame.length).toBe(lines)
    expect(below.map(line => shown.find(text => line.startsWith(text)) ?? line)).toEqual(shown)
  })
}

test('progressFrame() shows the steps of all builds before what any of them wrote', () => {
  const rows = [aBuildRow(), aBuildRow({ thing: 'Image shop-api' })]
  const texts = progressFrame(rows, { ...OPTIONS, lines: 10 }).map(line => line.trim().split('  ')[0])
  expect(texts.slice(1)).toEqual([
    ...['⠋ Image shop-web', 'node:22', '[build 6/7] RUN npm ci', 'five', '[assets 2/7] COPY . .'],
    ...['⠋ Image shop-api', 'node:22', '[build 6/7] RUN npm ci', '[assets 2/7] COPY . .'],
  ])
})

test('progressFrame() shows only the row of a build that has ended', () => {
  for (const state of ['done', 'failed'] as const)
    expect(progressFrame([aBuildRow({ state, endedAt: 100 })], { ...OPTIONS, lines: 20 })).toHaveLength(2)
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
