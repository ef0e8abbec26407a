import { expect, test } from 'vitest'
import { textTable } from '../../../src/cli/views/text-table.ts'

test('textTable() lines up columns and keeps the spaces before empty last cells', () => {
  expect(
    textTable([
      ['NAME', 'IMAGE', 'PORTS'],
      ['web', 'redis:7', '80/tcp'],
      ['a-job', 'x', ''],
    ]),
  ).toBe('NAME    IMAGE     PORTS\nweb     redis:7   80/tcp\na-job   x         \n')
})

test('textTable() lines up names that are drawn wider or narrower than they are long', () => {
  expect(
    textTable([
      ['NAME', 'TAG', 'SIZE'],
      ['rootfs:/画像/ウェブ', '最新', '1MB'],
      ['cafe\u0301', '👩‍👩‍👧', '22MB'],
    ]).split('\n'),
  ).toEqual([
    'NAME                  TAG    SIZE',
    'rootfs:/画像/ウェブ   最新   1MB',
    'cafe\u0301                  👩‍👩‍👧     22MB',
    '',
  ])
})
