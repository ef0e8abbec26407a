import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FolderVerdict, PathRules } from '../../../src/base/patterns/path-rules.ts'

/** Walks down to `path` as a walk of a tree would. */
function decide(rules: PathRules, path: string): boolean {
  const parts = path.split('/')
  let parent: FolderVerdict | undefined
  for (let count = 1; count < parts.length; count += 1) {
    parent = rules.enter(parts.slice(0, count).join('/'), parent)
  }
  return rules.matches(path, parent)
}

describe('PathRules', () => {
  test.each([
    [['docs'], 'docs', true],
    [['docs'], 'docs/a/b', true],
    [['docs'], 'docs2', false],
    [['docs/'], 'docs/a', true],
    [['docs', '!docs/a'], 'docs/a', false],
    [['docs', '!docs/a'], 'docs/a/b', false],
    [['docs', '!docs/a'], 'docs/b', true],
    [['docs', '!docs/a', 'docs/a/x'], 'docs/a/x', true],
    [['*', '!x'], 'x', false],
    [['*', '!x'], 'y/x', true],
    [['**', '!src/**'], 'src/a/b', false],
    [['!docs', 'docs'], 'docs', true],
    [['!docs'], 'docs', false],
    [['*.md', '!README*.md', 'README-secret.md'], 'README-secret.md', true],
    [['*.md', 'README-secret.md', '!README*.md'], 'README-secret.md', false],
    [['  spaced  '], 'spaced', true],
    [['/rooted'], 'rooted', false],
    [['./a/../b'], 'b', true],
    [[''], 'a', false],
    [['.'], 'a', false],
  ])('%j says of %j: %j', (patterns, path, isMatched) => {
    expect(decide(new PathRules(patterns), path)).toBe(isMatched)
  })

  test('hasExceptions, canExceptBelow() and canMatchBelow() tell where to look', () => {
    const rules = new PathRules(['node_modules', 'all', '!all/in/this'])
    expect(rules.hasExceptions).toBe(true)
    expect(rules.canExceptBelow('all')).toBe(true)
    expect(rules.canExceptBelow('all/in')).toBe(true)
    expect(rules.canExceptBelow('node_modules')).toBe(false)
    const all = rules.enter('all', undefined)
    expect(rules.canMatchBelow('all/x', rules.enter('all/x', all))).toBe(true)
    expect(rules.canMatchBelow('src', rules.enter('src', undefined))).toBe(false)
    expect(new PathRules(['a']).hasExceptions).toBe(false)
  })

  test.each(['!', ' ! ', '[', '![a'])('refuses %j, which it names', pattern => {
    expect(() => new PathRules(['fine', pattern])).toThrow(`pattern "${pattern}"`)
  })

  test('matches() is what the rules say one by one, from the top down', () => {
    const pattern = fc.constantFrom('a', 'b', 'a/b', 'a/*', '*', '**', '**/b', 'b/**', 'a/b/a', '?', '*/b')
    const rule = fc.tuple(fc.boolean(), pattern)
    const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), path, (rules, names) => {
        const texts = rules.map(([isException, text]) => `${isException ? '!' : ''}${text}`)
        const says = [texts, names, decide(new PathRules(texts), names.join('/'))]
        expect(says).toEqual([texts, names, reference(rules, names)])
      }),
      { numRuns: 5000 },
    )
  })
})

const REGULAR: Readonly<Record<string, RegExp>> = {
  a: /^a$/,
  b: /^b$/,
  'a/b': /^a\/b$/,
  'a/*': /^a\/[^/]*$/,
  '*': /^[^/]*$/,
  '**': /^.*$/,
  '**/b': /^(.*\/)?b$/,
  'b/**': /^b\/.*$/,
  'a/b/a': /^a\/b\/a$/,
  '?': /^[^/]$/,
  '*/b': /^[^/]*\/b$/,
}

/**
 * Goes through the rules for the path and each folder above it, the outermost first. A rule that could change nothing is
 * not asked, and then counts for what is below as if it were not about the folder.
 */
function reference(
  rules: ReadonlyArray<readonly [isException: boolean, pattern: string]>,
  names: readonly string[],
): boolean {
  const sticky = new Set<number>()
  let isOut = false
  for (let depth = 1; depth <= names.length; depth += 1) {
    const path = names.slice(0, depth).join('/')
    isOut = false
    for (const [index, [isException, pattern]] of rules.entries()) {
      if (!sticky.has(index) && isOut === isException && REGULAR[pattern]?.test(path) === true)
        sticky.add(index)
      if (sticky.has(index)) isOut = !isException
    }
  }
  return isOut
}
