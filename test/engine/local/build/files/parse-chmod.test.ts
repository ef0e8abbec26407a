import { describe, expect, test } from 'vitest'
import { parseChmod } from '../../../../../src/engine/local/build/files/parse-chmod.ts'

// Most rows are those of the test of the library that BuildKit uses, github.com/tonistiigi/dchapes-mode.
const files: ReadonlyArray<readonly [before: number, text: string, after: number]> = [
  [0o000, '644', 0o644],
  [0o777, '0755', 0o755],
  [0o000, '7421', 0o7421],
  [0o777, '=', 0o000],
  [0o421, '+', 0o421],
  [0o421, '-', 0o421],
  [0o421, '+t', 0o1421],
  [0o1421, '-t', 0o421],
  [0o000, 'u+r', 0o400],
  [0o000, 'u+X', 0o000],
  [0o001, 'u+X', 0o101],
  [0o000, 'u+s', 0o4000],
  [0o000, 'g+s', 0o2000],
  [0o000, 'o+s', 0o000],
  [0o000, '+s', 0o6000],
  [0o000, 'o+t', 0o000],
  [0o000, '+r', 0o444],
  [0o777, '-w', 0o555],
  [0o4777, 'u-s', 0o777],
  [0o777, 'u=rw', 0o677],
  [0o777, '=rw', 0o666],
  [0o742, 'u=g', 0o442],
  [0o772, 'u=g-w', 0o572],
  [0o021, 'u+go', 0o321],
  [0o777, 'a=r,ug=rw,u+x', 0o764],
  [0o2100, 'o+r,g+w,a+t,g-s,u+og', 0o1724],
  [0o777, 'go=', 0o700],
  [0o370, 'go=u-w', 0o311],
  [0o600, 'u=rwX,go=rX', 0o644],
  [0o700, 'u=rwX,go=rX', 0o755],
  [0o755, 'go-w', 0o755],
]

describe('parseChmod()', () => {
  test.each(files)('changes %o by %j to %o', (before, text, after) => {
    expect(parseChmod(text)?.change(before, false)).toBe(after)
  })

  test.each([
    [0o000, 'u+X', 0o100],
    [0o755, 'u=rwX,go=rX', 0o755],
    [0o700, 'go=X', 0o711],
    [0o700, '640', 0o640],
  ])('changes a folder of %o by %j to %o', (before, text, after) => {
    expect(parseChmod(text)?.change(before, true)).toBe(after)
  })

  test.each([
    ['4711', 0o711],
    ['640', 0o640],
    ['go-rwx', 0o755],
  ])('makes folders by %j with %o', (text, mode) => {
    expect(parseChmod(text)?.folderMode).toBe(mode)
  })

  test.each(['', ',', 'u', 'q+r', '8', '017777', '0o755', 'u+r,', '+r,,+w', 'u+r w'])('refuses %j', text => {
    expect(parseChmod(text)).toBeUndefined()
  })
})
