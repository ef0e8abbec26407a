import { expect, test } from 'vitest'
import { joinPath } from '../../../src/planner/build/join-path.ts'

const paths: ReadonlyArray<readonly [base: string, path: string, joined: string]> = [
  ['/a', 'b', '/a/b'],
  ['/a', '/b', '/b'],
  ['/a', '', '/a'],
  ['', 'b', '/b'],
  ['/a', '../b', '/b'],
  ['/a', '../../../b', '/b'],
  ['/', '//a//b/', '/a/b'],
  ['/a', './.', '/a'],
  ['/', '..', '/'],
  ['/a', 'b/../*.txt', '/a/*.txt'],
]
for (const [base, path, joined] of paths) {
  test(`joinPath() makes ${joined} of ${JSON.stringify(path)} in ${JSON.stringify(base)}`, () => {
    expect(joinPath(base, path)).toBe(joined)
  })
}
