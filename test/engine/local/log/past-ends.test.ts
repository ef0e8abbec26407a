import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PastEnds } from '../../../../src/engine/local/log/past-ends.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function aDeath(id: string, time: number, attributes: Readonly<Record<string, string>>): string {
  return `${JSON.stringify({ time, action: 'die', id, service: 'web', number: 1, attributes })}\n`
}

test('PastEnds.of() returns the ends of one container between two times, from both files', () => {
  using folder = temporaryFolder()
  writeFileSync(
    join(folder.path, 'events.1'),
    aDeath('a', 1, { exitCode: '1' }) + aDeath('a', 2, { exitCode: '2' }),
  )
  writeFileSync(
    join(folder.path, 'events'),
    `${aDeath('b', 3, {})}${aDeath('a', 3, { exitCode: '3', restartAt: '4' })}${aDeath('a', 9, {})}{"cut`,
  )
  using ends = new PastEnds({ runDir: folder.path })
  expect(ends.of('a', { after: 1, before: 9 })).toEqual([
    { exitCode: 2, isRestarting: false, finishedAt: 2 },
    { exitCode: 3, isRestarting: true, finishedAt: 3 },
  ])
})

test('PastEnds.of() knows what was written before the project went, and after the file was put aside', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'events')
  using ends = new PastEnds({ runDir: folder.path })
  ends.keep()
  writeFileSync(path, aDeath('a', 1, { exitCode: '1' }))
  ends.keep()
  rmSync(path)
  writeFileSync(path, aDeath('a', 2, { exitCode: '2' }))
  ends.keep()
  writeFileSync(path, aDeath('a', 3, { exitCode: '3' }), { flag: 'a' })
  rmSync(path)
  expect(ends.of('a', { after: 0, before: 9 }).map(({ exitCode }) => exitCode)).toEqual([2, 3])
})

test('PastEnds.of() has none of a project that keeps no events', () => {
  using ends = new PastEnds({ runDir: '/nonexistent' })
  expect(ends.of('a', { after: 0, before: 9 })).toEqual([])
})
