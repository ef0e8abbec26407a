import { expect, test } from 'vitest'
import type { FetchProgress } from '../../../src/app/index.ts'
import { type Transfer, transferParts, transferredText, withReport } from '../../../src/cli/views/transfer.ts'

const MB = 1_000_000

function progress(megabytes: number, changes: Partial<FetchProgress> = {}): FetchProgress {
  return {
    isAllHere: false,
    layersDone: 0,
    layersTotal: 2,
    bytesDone: megabytes * MB,
    bytesTotal: 100 * MB,
    ...changes,
  }
}

/** What was seen after reports of `megabytes`, one each second from 0 on. */
function after(...megabytes: readonly number[]): Transfer {
  let transfer: Transfer | undefined
  for (const [second, count] of megabytes.entries()) {
    transfer = withReport(transfer, progress(count), second * 1000)
  }
  if (transfer === undefined) throw new Error('no reports')
  return transfer
}

test('transferParts() tells how far it is, how fast it goes and how long it takes', () => {
  expect(transferParts(after(0), 0)).toEqual(['0%', '0B / 100.0MB'])
  expect(transferParts(after(0, 10, 20), 2000)).toEqual(['20%', '20.0MB / 100.0MB', '10.0MB/s', '8s left'])
  expect(transferParts(after(0, 0.5), 1000).at(-1)).toBe('3m19s left')
})

test('transferParts() gives sizes in powers of 1000, with one decimal', () => {
  const sized = (bytesTotal: number) =>
    transferParts(withReport(undefined, progress(0, { bytesTotal }), 0), 0)[1]
  expect([999, 1000, 999_949, 999_950, 1_234_567_890].map(sized)).toEqual([
    '0B / 999B',
    '0B / 1.0kB',
    '0B / 999.9kB',
    '0B / 1.0MB',
    '0B / 1.2GB',
  ])
})

test('transferParts() goes by the last seconds, and tells when nothing comes', () => {
  expect(transferParts(after(0, 50, 51, 52, 53, 54, 55, 56), 7000)[2]).toBe('1.0MB/s')
  expect(transferParts(after(10, 10, 10), 2000)).toEqual(['10%', '10.0MB / 100.0MB', '0B/s'])
  expect(transferParts(after(0, 10), 10_000)[2]).toBe('1.0MB/s')
  expect(transferParts(after(20, 10), 1000)[2]).toBe('0B/s')
})

test('transferParts() counts layers once all bytes are here', () => {
  const all = withReport(undefined, progress(100, { isAllHere: true, layersDone: 1 }), 0)
  expect(transferParts(all, 0)).toEqual(['1 of 2 layers'])
  const single = withReport(undefined, progress(100, { isAllHere: true, layersTotal: 1 }), 0)
  expect(transferParts(single, 0)).toEqual([])
})

test('transferredText() says what was got, if anything was', () => {
  expect(transferredText(after(3))).toBe('100.0MB')
  expect(transferredText(withReport(undefined, progress(0, { bytesTotal: 0 }), 0))).toBeUndefined()
  const same = progress(0, { bytesTotal: 0, isUnchanged: true })
  expect(transferredText(withReport(undefined, same, 0))).toBe('up to date')
})
