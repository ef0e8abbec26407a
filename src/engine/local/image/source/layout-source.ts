import { statSync } from 'node:fs'
import type { Digest } from '../../../../base/digest.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { foreignPlatform } from '../../../../oci/platform.ts'
import type { ImageInFile } from '../../../../oci/reference.ts'
import { withReference } from '../../../../oci/with-reference.ts'
import { imageOf, isUnpacked } from '../../../../store/images/image-by-id.ts'
import { imageKey } from '../../../../store/images/image-key.ts'
import {
  readImageRecord,
  readReferenceRecord,
  writeImageRecord,
  writeReferenceRecord,
} from '../../../../store/images/image-record.ts'
import { requirePlatform } from '../../../../store/images/require-platform.ts'
import { isAnyProjectKept } from '../../state/is-any-project-kept.ts'
import type { ImageSource, SourceRequest } from './image-source.ts'
import type { LayoutFormat } from './layout-format.ts'
import { locateInLayout, openLayout } from './open-layout.ts'
import { openUnpacked } from './open-unpacked.ts'
import { withoutRegistry } from './without-registry.ts'

/** An image of a folder or an archive that may hold several. */
export function layoutSource(
  { roots, wanted, parsed }: SourceRequest<ImageInFile>,
  format: LayoutFormat,
): ImageSource {
  const { reference } = wanted
  const name = imageKey(reference, foreignPlatform(wanted.platform))
  const place = { wanted, parsed, format }
  const currentId = (): Digest | undefined => {
    const fingerprint = fingerprintOf(format.index(parsed.path))
    const isReadAgain = format.form === 'folder' && fingerprint !== undefined
    const known = isReadAgain ? undefined : readReferenceRecord(roots, name)
    if (fingerprint === undefined || known?.fingerprint === fingerprint) return known?.id
    return unlessRefused(() => locateInLayout(place)?.found.id)
  }
  return {
    ...withoutRegistry(reference),
    name,
    hasPlatforms: true,
    lookup: () => {
      const id = currentId()
      if (id === undefined) return { kind: 'absent', isLocal: true }
      const record = readImageRecord(roots, id)
      const unpacked = record !== undefined && isUnpacked(roots, record)
      return { kind: 'present', id, unpacked, isLocal: true }
    },
    open: found => openUnpacked(roots, wanted, found),
    check: () => void locateInLayout(place),
    fetch: async ({ onProgress, lease }) => {
      // Before the read: what changes the file meanwhile leaves a fingerprint that is not this one.
      const fingerprint = fingerprintOf(format.index(parsed.path)) ?? ''
      await using opened = await openLayout(roots, place)
      if (wanted.platform !== undefined) requirePlatform(wanted, opened)
      // Most commands fetch nothing, so the part that does is loaded here.
      const { openLease } = await import('../../../../store/lease.ts')
      const { keepConfig, readConfig } = await import('../../../../store/keep-config.ts')
      const { unpackImage } = await import('../../../../store/layers/unpack-image.ts')
      using own = openLease(roots)
      const config = withReference(reference, () => readConfig(opened))
      await keepConfig(roots, lease ?? own, config)
      const record = await unpackImage({
        paths: roots,
        reference,
        opened,
        lease: lease ?? own,
        areLayersInUse: () => isAnyProjectKept(roots),
        onProgress,
      })
      writeImageRecord(roots, record)
      writeReferenceRecord(roots, { reference: name, id: record.id, fingerprint })
      return imageOf(roots, record)
    },
    pin: async () => {
      if (parsed.digest !== undefined) return reference
      await using opened = await openLayout(roots, place)
      return `${reference}@${opened.found.id}`
    },
    openFiles: async label => await openLayout(roots, { ...place, wanted: { ...wanted, reference: label } }),
  }
}

/** Tells one state of `file` from another; undefined if it is gone. */
function fingerprintOf(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (stats === undefined) return undefined
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':')
}

function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof TcomposeError) return undefined
    throw error
  }
}
