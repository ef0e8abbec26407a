import { expect, test } from 'vitest'
import {
  subordinateBlocks,
  suggestedLine,
} from '../../../../src/engine/local/user-namespace/subordinate-blocks.ts'

test('subordinateBlocks() pairs whole blocks of users and groups that are given to tcompose', () => {
  const subuid = 'alice:100000:65536\ntcompose:200000:131072\ntcompose:500000:65535\n'
  const subgid = 'tcompose:300000:65536\ntcompose:900000:65536\ntcompose:1000000:65536\n'
  expect(subordinateBlocks(subuid, subgid)).toEqual([
    { uid: 200_000, gid: 300_000 },
    { uid: 265_536, gid: 900_000 },
  ])
})

test('subordinateBlocks() takes no line that is malformed, holds the root of the host or ids that the kernel lacks', () => {
  const lines = [
    'tcompose:0:65536',
    'tcompose:4294901760:65536',
    'tcompose:x:65536',
    'tcompose:-5:65536',
    '#',
    'tcompose',
  ]
  expect(subordinateBlocks(lines.join('\n'), 'tcompose:100000:655360')).toEqual([])
})

test('suggestedLine() overlaps nothing that either file gives to anyone', () => {
  expect(suggestedLine('', '')).toBe('tcompose:1000013824:65536000')
  expect(suggestedLine('a:1:2\n', 'b:2000000000:100\n')).toBe('tcompose:2000027648:65536000')
})
