import { expect, test } from 'vitest'
import { type GitAddress, gitAddress } from '../../../src/planner/build/git-address.ts'

const NOTHING: GitAddress = { keepsGitDir: undefined, checksum: undefined }

const addresses: ReadonlyArray<readonly [text: string, address: GitAddress | undefined]> = [
  ['git@example.com:a/b', NOTHING],
  ['git@example.com:a/b.git#main:dir', NOTHING],
  ['ssh://git@example.com/a', NOTHING],
  ['git://example.com/a', NOTHING],
  ['https://example.com/a.git', NOTHING],
  ['https://example.com/a.git#v1:sub', NOTHING],
  ['http://example.com/a.git?ref=x&subdir=d&submodules=0', NOTHING],
  ['https://example.com/a.git?branch=b#?x=1', NOTHING],
  ['https://example.com/a.git?tag=t', NOTHING],
  ['https://example.com/a.git?keep-git-dir&commit=abc', { keepsGitDir: true, checksum: 'abc' }],
  ['https://example.com/a.git?keep-git-dir=0&checksum=abc#x', { keepsGitDir: false, checksum: 'abc' }],
  ['https://example.com/a.tar.gz', undefined],
  ['https://example.com/a.git/x', undefined],
  ['github.com/a/b', undefined],
  ['./git@example.com:a', undefined],
  ['ftp://example.com/a.git', undefined],
  ['dir/file', undefined],
  ['a@b', undefined],
]
for (const [text, address] of addresses) {
  test(`gitAddress() reads ${text}`, () => {
    expect(gitAddress(text)).toEqual(address)
  })
}

for (const query of ['x=1', 'ref=a&ref=b', 'keep-git-dir=perhaps']) {
  test(`gitAddress() refuses the query ${query}`, () => {
    expect(() => gitAddress(`https://example.com/a.git?${query}`)).toThrow(SyntaxError)
  })
}
