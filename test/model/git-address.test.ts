import { describe, expect, test } from 'vitest'
import { isGitSource, parseGitAddress } from '../../src/model/git-address.ts'

const PLAIN = {
  ref: undefined,
  folder: undefined,
  checksum: undefined,
  keepsGitDir: undefined,
  hasSubmodules: true,
}

describe('parseGitAddress()', () => {
  test.each([
    ['https://host/repo.git', { remote: 'https://host/repo.git' }],
    ['https://host/repo.git#main', { remote: 'https://host/repo.git', ref: 'main' }],
    ['https://host/repo.git#:sub', { remote: 'https://host/repo.git', folder: 'sub' }],
    ['https://host/repo.git#v1:/a/../b/', { remote: 'https://host/repo.git', ref: 'v1', folder: 'b' }],
    ['https://host/repo.git#v1:../../x', { remote: 'https://host/repo.git', ref: 'v1', folder: 'x' }],
    ['git@host:me/repo.git#x', { remote: 'git@host:me/repo.git', ref: 'x' }],
    ['ssh://git@host:22/repo', { remote: 'ssh://git@host:22/repo' }],
    ['git://host/repo', { remote: 'git://host/repo' }],
    ['github.com/me/repo', { remote: 'https://github.com/me/repo' }],
    ['https://h/r.git?branch=a&subdir=b', { remote: 'https://h/r.git', ref: 'refs/heads/a', folder: 'b' }],
    ['https://h/r.git?tag=a&checksum=ab', { remote: 'https://h/r.git', ref: 'refs/tags/a', checksum: 'ab' }],
    [
      'https://h/r.git?ref=a&keep-git-dir=1&submodules=false',
      { remote: 'https://h/r.git', ref: 'a', keepsGitDir: true, hasSubmodules: false },
    ],
    [
      'https://h/r.git?keep-git-dir&commit=ab',
      { remote: 'https://h/r.git', keepsGitDir: true, checksum: 'ab' },
    ],
    ['https://h/r.git?branch=b#?x=1', { remote: 'https://h/r.git', ref: '?x=1' }],
  ])('reads %j', (text, expected) => {
    expect(parseGitAddress(text)).toEqual({ ...PLAIN, ...expected })
  })

  test.each([
    'relative/path',
    '--upload-pack=x',
    'https://-host/r.git',
    'git@host:-x',
    'ext::sh -c x',
    'https://h/r.git?other=1',
    'https://h/r.git?submodules=maybe',
    'https://h/r.git?keep-git-dir=perhaps',
    'https://h/r.git?ref=a&ref=b',
  ])('refuses %j', text => {
    expect(() => parseGitAddress(text)).toThrow(SyntaxError)
  })
})

test.each([
  ['git@example.com:a/b', true],
  ['git@example.com:a/b.git#main:dir', true],
  ['ssh://git@example.com/a', true],
  ['git://example.com/a', true],
  ['https://example.com/a.git', true],
  ['https://example.com/a.git#v1:sub', true],
  ['http://example.com/a.git?ref=x', true],
  ['https://example.com/a.tar.gz', false],
  ['https://example.com/a.git/x', false],
  ['https://example.com/a#x.git', false],
  ['github.com/a/b', false],
  ['./git@example.com:a', false],
  ['ftp://example.com/a.git', false],
  ['dir/file', false],
  ['a@b', false],
])('isGitSource() of %j is %j', (text, is) => {
  expect(isGitSource(text)).toBe(is)
})
