import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkImage } from '../../../../src/engine/local/image/check-image.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function check(reference: string): string {
  try {
    checkImage({ reference, platform: undefined })
    return 'good'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

test('checkImage() asks no registry', () => {
  expect(check('registry.test/app:1')).toBe('good')
})

test('checkImage() wants the folder of a root file system', () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'root'))
  writeFileSync(join(folder.path, 'file'), '')
  expect(check(`rootfs:${folder.path}/root`)).toBe('good')
  expect(check(`rootfs:${folder.path}/file`)).toBe('image-not-found')
  expect(check(`rootfs:${folder.path}/none`)).toBe('image-not-found')
})

test('checkImage() wants an image in what is to be one', () => {
  using folder = temporaryFolder()
  expect(check(`oci:${folder.path}/none`)).toBe('image-not-found')
  expect(check(`docker-archive:${folder.path}/none.tar`)).toBe('image-not-found')
  expect(check(`oci:${folder.path}`)).toBe('image-invalid')
})
