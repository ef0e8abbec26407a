import { expect, test } from 'vitest'
import { isRootfs, joinLocalImage, splitLocalImage } from '../../src/model/local-image.ts'

const ID = `@sha256:${'a'.repeat(64)}`

const parts: ReadonlyArray<readonly [text: string, path: string, tag: string, digest: string]> = [
  ['rootfs:./a:b', './a:b', '', ''],
  ['oci:./img', './img', '', ''],
  ['oci:./img:v1', './img', ':v1', ''],
  [`oci:img${ID}`, 'img', '', ID],
  [`oci:img:v1${ID}`, 'img', ':v1', ID],
  ['oci-archive:a.tar:x/y', 'a.tar', ':x/y', ''],
  ['docker-archive:a.tar:localhost:5000/web:1', 'a.tar', ':localhost:5000/web:1', ''],
]
for (const [text, path, tag, digest] of parts) {
  test(`splitLocalImage() ends the path of ${text} at ${path}, and joinLocalImage() joins it again`, () => {
    const found = splitLocalImage(text)
    expect(found).toEqual({ transport: text.slice(0, text.indexOf(':')), path, tag, digest })
    expect(found && joinLocalImage(found)).toBe(text)
  })
}

for (const text of ['redis:7', 'oci', 'docker://a', 'localhost:5000/oci:1']) {
  test(`splitLocalImage() takes ${text} for no local source`, () => {
    expect(splitLocalImage(text)).toBeUndefined()
  })
}

test('isRootfs() is true of a folder alone', () => {
  expect(isRootfs('rootfs:/')).toBe(true)
  expect(isRootfs('oci:/x')).toBe(false)
})
