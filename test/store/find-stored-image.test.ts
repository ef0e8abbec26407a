import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../src/base/digest.ts'
import { type PlatformName, parsePlatform } from '../../src/model/platform.ts'
import { EMPTY_IMAGE_CONFIG } from '../../src/oci/image-config.ts'
import { machinePlatform } from '../../src/oci/platform.ts'
import { findStoredImage } from '../../src/store/find-stored-image.ts'
import { imageKey } from '../../src/store/images/image-key.ts'
import { writeImageRecord, writeReferenceRecord } from '../../src/store/images/image-record.ts'
import { readContents } from '../../src/store/store-contents.ts'
import { digestOf } from '../support/hand-made-layout.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const OWN = machinePlatform()
const FOREIGN = parsePlatform('linux/s390x')
const OTHER = parsePlatform('linux/riscv64')
const NAME = 'docker.io/library/one:1'

/** A store where `one:1` is there for the machine and for s390x, and `odd:1` is for s390x by an archive. */
function contentsIn(folder: string) {
  const roots = { data: folder, run: folder }
  const add = (
    text: string,
    reference: string,
    { name, made }: { name?: PlatformName; made: PlatformName },
  ) => {
    const id = parseDigest(digestOf(text))
    const content = { kind: 'layers', diffIds: [] } as const
    writeImageRecord(roots, { id, reference, config: EMPTY_IMAGE_CONFIG, platform: made, content })
    writeReferenceRecord(roots, { reference: imageKey(reference, name), id, fingerprint: id })
    return id
  }
  const own = add('own', NAME, { made: OWN })
  const foreign = add('foreign', NAME, { name: FOREIGN, made: FOREIGN })
  const odd = add('odd', 'docker.io/library/odd:1', { made: FOREIGN })
  return { contents: readContents(roots), own, foreign, odd }
}

describe('findStoredImage()', () => {
  test('takes the image of the platform that is asked for, by name and by id', () => {
    using root = temporaryFolder()
    const { contents, own, foreign, odd } = contentsIn(root.path)
    const find = (reference: string, platform?: PlatformName) =>
      findStoredImage(contents, { reference, platform }).id
    expect(find('one:1')).toBe(own)
    expect(find('one:1', OWN)).toBe(own)
    expect(find('one:1', FOREIGN)).toBe(foreign)
    expect(find('one:1+linux/s390x')).toBe(foreign)
    expect(find('odd:1')).toBe(odd)
    expect(find('odd:1', FOREIGN)).toBe(odd)
    expect(find(foreign.slice(0, 20), FOREIGN)).toBe(foreign)
  })

  test('says what an image is made for that is there for another platform alone', () => {
    using root = temporaryFolder()
    const { contents, foreign } = contentsIn(root.path)
    for (const reference of ['odd:1', foreign]) {
      expect(() => findStoredImage(contents, { reference, platform: OTHER })).toThrow(
        'it is made for linux/s390x, expected linux/riscv64',
      )
    }
    expect(() => findStoredImage(contents, { reference: 'one:1', platform: OTHER })).toThrow(
      `it is made for ${OWN}, linux/s390x, expected linux/riscv64`,
    )
  })
})
