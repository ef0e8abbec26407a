import { expect, test } from 'vitest'
import { parseDigest } from '../../../src/base/digest.ts'
import { parsePlatform } from '../../../src/model/platform.ts'
import { writeBlob } from '../../../src/store/blobs/blob-store.ts'
import { type ImageKey, imageKey } from '../../../src/store/images/image-key.ts'
import { writeReferenceRecord } from '../../../src/store/images/image-record.ts'
import { knownPlatforms } from '../../../src/store/images/known-platforms.ts'
import { digestOf } from '../../support/hand-made-layout.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const NAME = 'example.test/one:1'
const FOREIGN = parsePlatform('linux/s390x')

const entry = (os: string, architecture: string) => ({
  digest: digestOf(architecture),
  size: 1,
  platform: { os, architecture },
})
const index = { manifests: [entry('linux', 'riscv64'), entry('linux', 'arm64'), entry('unknown', 'unknown')] }
const cases: ReadonlyArray<{ readonly what: string; readonly document: object; readonly name: ImageKey }> = [
  { what: 'an index of a pull for this machine', document: index, name: imageKey(NAME, undefined) },
  { what: 'an index of a pull for the platform', document: index, name: imageKey(NAME, FOREIGN) },
]
for (const { what, document, name } of cases) {
  test(`knownPlatforms() reads ${what}, statements left out`, () => {
    using root = temporaryFolder()
    const roots = { data: root.path, run: root.path }
    const bytes = Buffer.from(JSON.stringify(document))
    const digest = parseDigest(digestOf(bytes))
    writeBlob(roots, digest, bytes)
    writeReferenceRecord(roots, { reference: name, id: digest, fingerprint: digest })
    expect(knownPlatforms(roots, { reference: NAME, platform: FOREIGN })).toEqual([
      'linux/arm64',
      'linux/riscv64',
    ])
  })
}

test('knownPlatforms() knows none of a local image, one that was never pulled, and one without an index', () => {
  using root = temporaryFolder()
  const roots = { data: root.path, run: root.path }
  expect(knownPlatforms(roots, { reference: 'oci:/x', platform: FOREIGN })).toEqual([])
  expect(knownPlatforms(roots, { reference: NAME, platform: FOREIGN })).toEqual([])
  const bytes = Buffer.from('{"config":{},"layers":[]}')
  const digest = parseDigest(digestOf(bytes))
  writeBlob(roots, digest, bytes)
  writeReferenceRecord(roots, { reference: imageKey(NAME, undefined), id: digest, fingerprint: digest })
  expect(knownPlatforms(roots, { reference: NAME, platform: FOREIGN })).toEqual([])
})
