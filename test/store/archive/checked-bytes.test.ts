import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../../src/archive/content-source.ts'
import { parseDigest } from '../../../src/base/digest.ts'
import { checkedBytes } from '../../../src/store/archive/checked-bytes.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function read(text: string, digestOf: string) {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  writeFileSync(file, `before ${text} behind`)
  const digest = parseDigest(sha256(Buffer.from(digestOf)))
  const slice = { file, offset: 7, size: text.length }
  let seen = ''
  for await (const chunk of checkedBytes({ digest, slice })) seen += String(chunk)
  return seen
}

test('checkedBytes() yields the bytes of a blob', async () => {
  expect(await read('content', 'content')).toBe('content')
})

test('checkedBytes() fails behind the bytes of a blob that has changed', async () => {
  await expect(read('changed', 'content')).rejects.toMatchObject({
    code: 'image-invalid',
    message: expect.stringMatching(/^Cannot save blob sha256:\w+: it has the digest sha256:\w+$/),
  })
})
