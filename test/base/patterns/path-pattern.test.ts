import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PathPattern } from '../../../src/base/patterns/path-pattern.ts'

// The rows are those of moby/patternmatcher's own test, as far as they are about one pattern.
const cases: ReadonlyArray<readonly [pattern: string, path: string, isMatch: boolean]> = [
  ['**', 'file', true],
  ['**', 'dir/file', true],
  ['**/**', 'dir/file', true],
  ['dir/**', 'dir/file', true],
  ['dir/**', 'dir/dir2/file', true],
  ['dir/**', 'dir', false],
  ['**/dir', 'dir', true],
  ['**/dir', 'dir/file', false],
  ['**/dir2/*', 'dir/dir2/file', true],
  ['**/dir2/**', 'dir/dir2/dir2/file', true],
  ['**file', 'file', true],
  ['**file', 'dir/file', true],
  ['**/file', 'dir/file', true],
  ['**/file', 'dir/dir/file', true],
  ['**/file*', 'dir/dir/file.txt', true],
  ['**/file*txt', 'dir/dir/file.txt', true],
  ['**/file*.txt*', 'dir/dir/file.txt', true],
  ['**/**/*.txt', 'dir/dir/file.txt', true],
  ['**/**/*.txt2', 'dir/dir/file.txt', false],
  ['**/*.txt', 'file.txt', true],
  ['**/**/*.txt', 'file.txt', true],
  ['a**/*.txt', 'a/file.txt', true],
  ['a**/*.txt', 'a/dir/file.txt', true],
  ['a**/*.txt', 'a/dir/dir/file.txt', true],
  ['a/*.txt', 'a/dir/file.txt', false],
  ['a/*.txt', 'a/file.txt', true],
  ['a/*.txt**', 'a/file.txt', true],
  ['a[b-d]e', 'ae', false],
  ['a[b-d]e', 'ace', true],
  ['a[b-d]e', 'aae', false],
  ['a[^b-d]e', 'aze', true],
  ['.*', '.foo', true],
  ['.*', 'foo', false],
  ['abc.def', 'abcZdef', false],
  ['a\\?', 'a?', true],
  ['a\\_', 'a_', true],
  ['a\\d', 'ad', false],
  ['a\\d', 'a7', true],
  ['a\\Db', 'a/b', true],
  ['\\w\\s', 'a ', true],
  ['bin\\new', 'binnew', false],
  ['bin\\new', 'bin\new', true],
  ['**/?ivory', 'x/ivory', false],
  ['**/foo/bar', 'dir/foo/bar', true],
  ['abc/**', 'abc/def/ghi', true],
  ['**/.foo', 'bar/.foo', true],
  ['a(b)c/def', 'a(b)c/def', true],
  ['a.|)$(}+{bc', 'a.|)$(}+{bc', true],
  ['dist/*.whl', 'dist/a.whl', true],
  ['**/a/**/b', 'x/a/y/z/b', true],
  ['**/a/**/b', 'a/b', true],
  ['**/a/**/b', 'xa/b', false],
]

describe('PathPattern', () => {
  test.each(cases)('%j matches %j: %j', (pattern, path, isMatch) => {
    expect(new PathPattern(pattern).matches(path)).toBe(isMatch)
  })

  test.each([
    ['a/b', 'a', true],
    ['a/b', 'a/b', false],
    ['a/b', 'c', false],
    ['a/*', 'a', true],
    ['a/*/c', 'a/b', true],
    ['*/b', 'x', true],
    ['*/b', 'x/y', false],
    ['a/*.md', 'node_modules', false],
    ['**/x', 'anything/at/all', true],
    ['a/**', 'a/b/c', true],
  ])('canMatchBelow() of %j for %j is %j', (pattern, folder, can) => {
    expect(new PathPattern(pattern).canMatchBelow(folder)).toBe(can)
  })

  test.each(['[', 'a[]b]', 'a\\', '[a-]', 'bin\\obj', 'a\\é'])('refuses %j', pattern => {
    expect(() => new PathPattern(pattern)).toThrow(SyntaxError)
  })

  test('matches() is what a regular expression says', () => {
    fc.assert(
      fc.property(patterns, paths, (parts, path) => {
        const pattern = parts.map(([text]) => text).join('')
        fc.pre(!/\*\*(?!\/)|\/\/|^\/|\/$/.test(pattern))
        // Two pieces that are one star each make "**" together.
        fc.pre(parts.every(([text], at) => text !== '*' || parts[at + 1]?.[0].startsWith('*') !== true))
        const regular = new RegExp(`^${regularOf(parts)}$`, 'su')
        expect([pattern, path, new PathPattern(pattern).matches(path)]).toEqual([
          pattern,
          path,
          regular.test(path),
        ])
      }),
      { numRuns: 3000 },
    )
  })

  test('canMatchBelow() of a folder is true wherever something below matches', () => {
    fc.assert(
      fc.property(patterns, paths, (parts, path) => {
        const compiled = new PathPattern(parts.map(([text]) => text).join(''))
        fc.pre(compiled.matches(path))
        for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
          expect(compiled.canMatchBelow(path.slice(0, slash))).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('takes no longer for many wildcards', () => {
    const pattern = new PathPattern(`${'**/a*'.repeat(30)}**/b`)
    const start = performance.now()
    expect(pattern.matches(`${'a/'.repeat(1000)}c/b`)).toBe(true)
    expect(pattern.matches(`${'aaaa/'.repeat(600)}c/c`)).toBe(false)
    expect(performance.now() - start).toBeLessThan(3000)
  })
})

/** A piece of a pattern, and what it is as a regular expression where more of the pattern follows. */
type Piece = readonly [text: string, regular: string]

const pieces: readonly Piece[] = [
  ['a', 'a'],
  ['b', 'b'],
  ['.', '\\.'],
  ['/', '/'],
  ['*', '[^/]*'],
  ['**/', '(?:.*/)?'],
  ['?', '[^/]'],
  ['[ab]', '[ab]'],
  ['[^a]', '[^a]'],
  ['\\w', '[0-9A-Za-z_]'],
  ['\\.', '\\.'],
]
const patterns = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 })
const paths = fc
  .array(fc.stringMatching(/^[ab.]{1,3}$/), { minLength: 1, maxLength: 4 })
  .map(names => names.join('/'))

function regularOf(parts: readonly Piece[]): string {
  return parts.map(([, regular]) => regular).join('')
}
