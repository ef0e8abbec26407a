import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CompiledRule, type RuleInput, WatchRules } from '../../../src/app/watch/watch-rules.ts'
import { parseAbsolutePath } from '../../../src/base/absolute-path.ts'
import { bytePath, displayPath } from '../../../src/disk/byte-path.ts'

interface Changes extends Partial<Omit<RuleInput, 'rule' | 'buildIgnore'>> {
  readonly path?: string
  readonly target?: string
  readonly ignore?: readonly string[]
  readonly include?: readonly string[]
  /** Text of /p/.dockerignore. */
  readonly buildIgnore?: string
  readonly rebuilds?: boolean
}

function aRule({
  path = '/p/src',
  target = '/app',
  buildIgnore,
  rebuilds,
  ...changes
}: Changes = {}): CompiledRule {
  const { ignore = [], include, service = 'web', mounted = [] } = changes
  return new CompiledRule({
    service,
    mounted,
    rule: {
      path: parseAbsolutePath(path),
      action: rebuilds ? { kind: 'rebuild' } : { kind: 'sync', target, initialSync: false },
      ignore,
      ...(include && { include }),
    },
    buildIgnore:
      buildIgnore === undefined ? undefined : { folder: parseAbsolutePath('/p'), text: buildIgnore },
  })
}

/** Whether a path below /p/src is copied; as docker compose 5.5 has it unless a comment says otherwise. */
const CASES: readonly (Changes & { readonly file: string; readonly isCopied: boolean })[] = [
  { file: 'a.ts', isCopied: true },
  { file: 'deep/er/a.ts', isCopied: true },
  { file: '.git/index', isCopied: false },
  { file: 'deep/.git', isCopied: false },
  { file: '.gitignore', isCopied: true },
  { file: 'a.ts~', isCopied: false },
  { file: '.a.ts.swp', isCopied: false },
  { file: '.a.ts.swx', isCopied: false },
  { file: 'a.swp', isCopied: true },
  { file: '4913', isCopied: false },
  { file: 'deep/4913', isCopied: false },
  { file: '.#a.ts', isCopied: false },
  { file: 'a.ts___jb_tmp___', isCopied: false },
  { file: 'a.ts___jb_old___', isCopied: false },
  { file: '.idea/workspace.xml', isCopied: false },
  { ignore: ['node_modules/'], file: 'node_modules/a/index.js', isCopied: false },
  { ignore: ['node_modules/'], file: 'web/node_modules/a.js', isCopied: true },
  { ignore: ['**/node_modules'], file: 'web/node_modules/a.js', isCopied: false },
  { ignore: ['*.log'], file: 'a.log', isCopied: false },
  { ignore: ['*.log'], file: 'deep/a.log', isCopied: true },
  { ignore: ['**/*.log', '!**/keep.log'], file: 'deep/a.log', isCopied: false },
  { ignore: ['**/*.log', '!**/keep.log'], file: 'deep/keep.log', isCopied: true },
  { ignore: ['!a.ts'], file: 'a.ts', isCopied: true },
  { ignore: ['./out'], file: 'out/a', isCopied: false },
  { ignore: ['out/../b'], file: 'b/a', isCopied: false },
  { ignore: ['a?.ts'], file: 'ab.ts', isCopied: false },
  { ignore: ['[ab].ts'], file: 'a.ts', isCopied: false },
  { ignore: ['Fő*'], file: 'Főzelék', isCopied: false },
  // docker compose takes a slash at the start for the root of the machine, so that the pattern is about nothing.
  { ignore: ['/out'], file: 'out/a', isCopied: false },
  { ignore: ['/p/src/out'], file: 'out/a', isCopied: false },
  { include: ['*.ts'], file: 'a.ts', isCopied: true },
  { include: ['*.ts'], file: 'a.js', isCopied: false },
  { include: ['*.ts'], file: 'deep/a.ts', isCopied: false },
  { include: ['**/*.ts'], file: 'deep/a.ts', isCopied: true },
  { include: ['deep'], file: 'deep/er/a.js', isCopied: true },
  { include: ['deep/', 'x.js'], file: 'x.js', isCopied: true },
  { include: ['**/*.ts'], ignore: ['deep'], file: 'deep/a.ts', isCopied: false },
  // docker compose drops a pattern of one star, here and below: it is about nothing.
  { include: ['*'], file: 'a.ts', isCopied: true },
  { buildIgnore: 'src/out\n', file: 'out/a', isCopied: false },
  { buildIgnore: '/src/out/\n', file: 'out/a', isCopied: false },
  { buildIgnore: 'out\n', file: 'out/a', isCopied: true },
  { buildIgnore: '# src/out\n', file: 'out/a', isCopied: true },
  { buildIgnore: '**/*.md\n!src/README.md\n', file: 'a.md', isCopied: false },
  { buildIgnore: '**/*.md\n!src/README.md\n', file: 'README.md', isCopied: true },
  { buildIgnore: '*\n!src\n', file: 'a.ts', isCopied: true },
  { buildIgnore: '*\n!src/only\n', file: 'a.ts', isCopied: false },
  { buildIgnore: '*\n!src/only\n', file: 'only/a.ts', isCopied: true },
  // What a rule says takes nothing back of the build's file.
  { buildIgnore: 'src/out\n', ignore: ['!out'], file: 'out/a', isCopied: false },
  { path: '/other', buildIgnore: '**\n', file: '../../other/a', isCopied: true },
  { mounted: ['/p/src/data'], file: 'data/a', isCopied: false },
  { mounted: ['/p/src/data'], file: 'data2/a', isCopied: true },
]

describe('CompiledRule', () => {
  for (const { file, isCopied, ...changes } of CASES) {
    test(`${isCopied ? 'copies' : 'leaves'} ${file} with ${JSON.stringify(changes)}`, () => {
      const match = aRule(changes).match(bytePath(posix.join('/p/src', file)))
      expect(match !== undefined).toBe(isCopied)
    })
  }

  for (const [path, target] of [
    ['/p/src', '/app'],
    ['/p/src/a', '/app/a'],
    ['/p/src/Fő/a', '/app/Fő/a'],
  ] as const) {
    test(`copies ${path} to ${target}`, () => {
      const match = aRule().match(bytePath(path))
      expect(displayPath(match?.target ?? '')).toBe(target)
      expect(match?.top).toBe('/p/src')
    })
  }

  for (const [target, copied] of [
    ['/', '/a'],
    ['app/', '/app/a'],
    ['/app/../x', '/x/a'],
  ] as const) {
    test(`copies to ${copied} for target ${target}`, () => {
      expect(aRule({ target }).match('/p/src/a')?.target).toBe(copied)
    })
  }

  test('is about nothing outside of its path', () => {
    for (const path of ['/p', '/p/src2', '/p/src2/a', '/']) expect(aRule().match(path)).toBeUndefined()
  })

  test('has no target where it copies nothing, and ignores no mounted folder then', () => {
    const rule = aRule({ rebuilds: true, mounted: ['/p/src'] })
    expect(rule.match('/p/src/a')).toMatchObject({ target: undefined })
  })

  test('names a malformed pattern', () => {
    expect(() => aRule({ ignore: ['[a'] })).toThrow(/pattern "\[a"/)
  })
})

describe('WatchRules', () => {
  const skipped: readonly (readonly [folder: string, isSkipped: boolean])[] = [
    ['/p', false],
    ['/p/src', false],
    ['/p/src/deep', false],
    ['/p/src/lib', true],
    // The way to the path of another rule.
    ['/p/src/out', false],
    ['/p/src/.git', true],
    ['/p/src/logs', false],
    ['/p/else', true],
    ['/p/src/out/special', false],
  ]
  for (const [folder, isSkipped] of skipped) {
    test(`skips() says ${isSkipped} of ${folder}`, () => {
      const rules = new WatchRules([
        aRule({ ignore: ['out', 'lib', 'logs', '!logs/keep'] }),
        aRule({ path: '/p/src/out/special' }),
      ])
      expect(rules.skips(folder)).toBe(isSkipped)
    })
  }

  test('skips() leaves out what no pattern of "include" can be about', () => {
    const rules = new WatchRules([aRule({ include: ['web/*.ts'] })])
    expect(rules.skips('/p/src/web')).toBe(false)
    expect(rules.skips('/p/src/api')).toBe(true)
  })

  test('matching() returns every rule that is about a path', () => {
    const rules = new WatchRules([
      aRule(),
      aRule({ service: 'api', ignore: ['a'] }),
      aRule({ rebuilds: true }),
    ])
    expect(rules.matching('/p/src/a').map(({ rule }) => rule.service)).toEqual(['web', 'web'])
    expect(rules.services).toEqual(['web', 'api'])
    expect(rules.roots).toEqual(['/p/src'])
  })
})
