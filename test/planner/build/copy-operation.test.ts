import { expect, test } from 'vitest'
import type { CopyOperation } from '../../../src/planner/build/build-graph.ts'
import { historyOf, mistakesIn, operationsOf, type RequestChanges } from './plan-dockerfile.ts'

const SHA = `sha256:${'a'.repeat(64)}`

/** The last COPY or ADD of `text`. */
function copyOf(text: string, changes: RequestChanges = {}): CopyOperation {
  const operation = operationsOf(text, changes).at(-1)
  if (operation?.kind !== 'copy') throw new Error('It is no COPY')
  return operation
}

const CONTEXT = { kind: 'context', name: '' } as const

test('planCopy() copies from the context, with nothing set', () => {
  const operation = copyOf('FROM plain\nCOPY a b/ c/\n')
  expect(operation).toMatchObject({
    sources: [
      { kind: 'tree', from: CONTEXT, path: '/a', span: { line: 2, column: 6 } },
      { kind: 'tree', from: CONTEXT, path: '/b' },
    ],
    destination: '/c/',
    isLink: false,
    keepsParents: false,
    excludes: [],
    unpacksLocal: false,
    unpacksRemote: false,
  })
  expect([operation.chown, operation.chmod]).toEqual([undefined, undefined])
})

const destinations: ReadonlyArray<readonly [workingDir: string, destination: string, path: string]> = [
  ['/w', 'a', '/w/a'],
  ['/w', 'a/', '/w/a/'],
  ['/w', '.', '/w/'],
  ['/w', './', '/w/'],
  ['/w', 'a/.', '/w/a/'],
  ['/w', '..', '/'],
  ['/w', '/', '/'],
  ['/w', '/a//b/', '/a/b/'],
  ['/w', '$NO', '/w/'],
  ['/', '.', '/'],
]
for (const [workingDir, destination, path] of destinations) {
  test(`planCopy() takes ${destination} in ${workingDir} for ${path}`, () => {
    expect(copyOf(`FROM plain\nWORKDIR ${workingDir}\nCOPY f ${destination}\n`).destination).toBe(path)
  })
}

const sources: ReadonlyArray<readonly [flags: string, source: string, path: string]> = [
  ['', '../../a', '/a'],
  ['', '/a/./b/', '/a/b'],
  ['', '.', '/'],
  ['', '$NO', '/'],
  ['', 'a*/[b]?', '/a*/[b]?'],
  ['--parents', 'x/./y/b.txt', '/x/./y/b.txt'],
  ['--parents', './x/a.txt', '/x/a.txt'],
  ['--parents', '/./x', '/./x'],
  ['--parents', '../a/./b/../c', '/a/./c'],
]
for (const [flags, source, path] of sources) {
  test(`planCopy() reads ${source} as ${path} ${flags}`, () => {
    expect(copyOf(`FROM plain\nWORKDIR /w\nCOPY ${flags} ${source} /d/\n`).sources).toMatchObject([{ path }])
  })
}

test('planCopy() takes --from from the root of a stage, an image or a context', () => {
  const contexts = new Map([['ctx', { kind: 'folder' }]] as const)
  const from = (name: string): unknown =>
    copyOf(`FROM plain AS a\nWORKDIR /w\nFROM plain\nWORKDIR /v\nCOPY --from=${name} f /\n`, { contexts })
      .sources
  expect(from('A')).toMatchObject([{ from: { kind: 'step', id: 1 }, path: '/f' }])
  expect(from('0')).toMatchObject([{ from: { kind: 'step', id: 1 } }])
  expect(from('full')).toMatchObject([{ from: { kind: 'image', image: 'docker.io/library/full:latest' } }])
  expect(from('ctx')).toMatchObject([{ from: { kind: 'context', name: 'ctx' } }])
})

const modes = ['644', '0644', '7777', 'u=rwX,go=rX', 'a+x', '+x', 'g=u', 'u+rw-x']
for (const mode of modes) {
  test(`planCopy() takes --chmod=${mode}`, () => {
    expect(copyOf(`FROM plain\nCOPY --chmod=${mode} a b\n`).chmod).toBe(mode)
  })
}
for (const mode of ['10000', '888', 'x', 'u=q', 'rwx', '0o644']) {
  test(`planCopy() refuses --chmod=${mode}`, () => {
    expect(mistakesIn(`FROM plain\nCOPY --chmod=${mode} a b\n`)).toEqual([
      `2: Cannot use --chmod=${mode}: it is no mode`,
    ])
  })
}

test('planCopy() expands owners and modes, and takes empty ones for none', () => {
  const text =
    'FROM plain\nARG U=app:staff M=600 E\nCOPY --chown=$U --chmod=$M a b\nCOPY --chown=$E --chmod=$E a b\n'
  expect(operationsOf(text)).toMatchObject([{ chown: 'app:staff', chmod: '600' }, { sources: [{}] }])
  const last = copyOf(text)
  expect([last.chown, last.chmod]).toEqual([undefined, undefined])
  expect(historyOf(text).slice(1)).toEqual([
    '+ COPY --chown=app:staff --chmod=600 a b # buildkit',
    '+ COPY a b # buildkit',
  ])
})

test('planCopy() links unless a mode is set, and keeps patterns as they are written', () => {
  expect(copyOf('FROM plain\nCOPY --link --exclude=*.md --exclude=!a.md --parents . /\n')).toMatchObject({
    isLink: true,
    keepsParents: true,
    excludes: ['*.md', '!a.md'],
  })
  expect(copyOf('FROM plain\nCOPY --link --chmod=600 . /\n').isLink).toBe(false)
})

const unpacking: ReadonlyArray<readonly [instruction: string, local: boolean, remote: boolean]> = [
  ['COPY a b', false, false],
  ['ADD a b', true, false],
  ['ADD --unpack a b', true, true],
  ['ADD --unpack=false a b', false, false],
]
for (const [instruction, unpacksLocal, unpacksRemote] of unpacking) {
  test(`planCopy() unpacks ${unpacksLocal ? 'local' : 'no'} archives in ${instruction}`, () => {
    expect(copyOf(`FROM plain\n${instruction}\n`)).toMatchObject({ unpacksLocal, unpacksRemote })
  })
}

test('planCopy() expands here-documents that are not quoted, and puts them last', () => {
  const text = 'FROM plain\nENV X=1\nCOPY <<one a <<-"two" /d/\n"$X" \\$X\none\n\t$X\n\ttwo\n'
  expect(copyOf(text).sources).toMatchObject([
    { kind: 'tree', path: '/a' },
    { kind: 'inline', name: 'one', content: '"1" $X\n' },
    { kind: 'inline', name: 'two', content: '$X\n' },
  ])
  expect(historyOf(text)[1]).toBe('+ COPY a <<one <<two /d/ # buildkit')
})

test('planCopy() reports a here-document that cannot be expanded', () => {
  expect(mistakesIn('FROM plain\nCOPY <<EOF /d/\n${NO:?why}\nEOF\n')).toEqual([
    '2: Cannot expand "<<EOF": NO: why',
  ])
})

test('planCopy() tells URLs and repositories of ADD from files', () => {
  const text = `FROM plain\nARG H=https://example.com\nADD $H/a.tgz git@example.com:a/b.git#main $H/a.git x /d/\nADD --checksum=${SHA} $H/a /\nADD --keep-git-dir --checksum=abc $H/a.git /\nADD $H/a.git?commit=abc&keep-git-dir=0 /\n`
  expect(operationsOf(text).map(operation => operation.kind === 'copy' && operation.sources)).toMatchObject([
    [
      { kind: 'url', url: 'https://example.com/a.tgz', checksum: undefined },
      { kind: 'git', url: 'git@example.com:a/b.git#main', keepsGitDir: false, checksum: undefined },
      { kind: 'git', url: 'https://example.com/a.git' },
      { kind: 'tree', path: '/x' },
    ],
    [{ kind: 'url', checksum: SHA }],
    [{ kind: 'git', keepsGitDir: true, checksum: 'abc' }],
    [{ kind: 'git', keepsGitDir: false, checksum: 'abc' }],
  ])
})

const mistakes: ReadonlyArray<readonly [instruction: string, message: string]> = [
  ['COPY https://example.com/a /', 'Cannot copy "https://example.com/a": it is a URL'],
  ['COPY git@example.com:a /', 'Cannot copy "git@example.com:a": it is a URL'],
  [
    'ADD --checksum=sha256:1 https://example.com/a /',
    'Cannot parse digest "sha256:1": expected "sha256:" and 64 hex digits',
  ],
  [`ADD --checksum=${SHA} a /`, 'Cannot check --checksum: it is for one URL or Git repository'],
  [
    `ADD --checksum=${SHA} https://example.com/a https://example.com/b /`,
    'Cannot check --checksum: it is for one URL or Git repository',
  ],
  [
    'ADD --checksum=a https://example.com/a.git?commit=b /',
    'Cannot add "https://example.com/a.git?commit=b": it names checksum b, the flag a',
  ],
  [
    'ADD --keep-git-dir https://example.com/a.git?keep-git-dir=false /',
    'Cannot add "https://example.com/a.git?keep-git-dir=false": it and --keep-git-dir say different things',
  ],
  [
    'ADD https://example.com/a.git?what=1 /',
    'Cannot expand "https://example.com/a.git?what=1": its query has "what", which means nothing for Git',
  ],
]
for (const [instruction, message] of mistakes) {
  test(`planCopy() refuses ${instruction.slice(0, 60)}`, () => {
    expect(mistakesIn(`FROM plain\n${instruction}\n`)).toEqual([`2: ${message}`])
  })
}

test('planInstruction() makes a folder as the user', () => {
  expect(operationsOf('FROM full\nWORKDIR x\n')).toEqual([
    { kind: 'workdir', path: '/srv/app/x', user: 'app' },
  ])
})
