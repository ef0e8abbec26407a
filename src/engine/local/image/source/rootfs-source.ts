import { statSync } from 'node:fs'
import { parseDigest } from '../../../../base/digest.ts'
import { sha256Hex } from '../../../../base/sha256.ts'
import type { Image } from '../../../../model/image.ts'
import { EMPTY_IMAGE_CONFIG } from '../../../../oci/image-config.ts'
import { imageNotFound } from '../../../../oci/image-errors.ts'
import type { LocalReference } from '../../../../oci/reference.ts'
import { imageOf } from '../../../../store/images/image-by-id.ts'
import { imageKey } from '../../../../store/images/image-key.ts'
import { readImageRecord, writeImageRecord } from '../../../../store/images/image-record.ts'
import type { ImageSource, SourceRequest } from './image-source.ts'
import { withoutRegistry } from './without-registry.ts'

/** A folder that is an image. It is known by its path alone: what is in the folder may change at any time. */
export function rootfsSource({
  roots,
  wanted: { reference },
  parsed: { path },
}: SourceRequest<Extract<LocalReference, { kind: 'rootfs' }>>): ImageSource {
  const id = parseDigest(`sha256:${sha256Hex(`rootfs:${path}`)}`)
  const isFolder = (): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  const check = (): void => {
    if (isFolder()) return
    throw imageNotFound(reference, `"${path}" is not a folder`, 'Check the path')
  }
  const open = (): Image => {
    check()
    const record = { id, reference, config: EMPTY_IMAGE_CONFIG, content: { kind: 'folder', path } } as const
    if (readImageRecord(roots, id) === undefined) writeImageRecord(roots, record)
    return imageOf(roots, record)
  }
  return {
    ...withoutRegistry(reference),
    name: imageKey(reference, undefined),
    hasPlatforms: false,
    lookup: () =>
      isFolder() ? { kind: 'present', id, unpacked: true, isLocal: true } : { kind: 'absent', isLocal: true },
    open,
    check,
    fetch: async () => open(),
    pin: async () => reference,
    openFiles: async () => undefined,
  }
}
