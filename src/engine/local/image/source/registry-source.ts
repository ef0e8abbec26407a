import { type Digest, parseDigest } from '../../../../base/digest.ts'
import { foreignPlatform } from '../../../../oci/platform.ts'
import { formatRegistryReference, type RegistryReference } from '../../../../oci/registry-reference.ts'
import { imageOf, isUnpacked } from '../../../../store/images/image-by-id.ts'
import { imageKey } from '../../../../store/images/image-key.ts'
import {
  readImageRecord,
  readReferenceRecord,
  writeImageRecord,
  writeReferenceRecord,
} from '../../../../store/images/image-record.ts'
import { knownPlatforms } from '../../../../store/images/known-platforms.ts'
import { isOtherPlatform } from '../../../../store/images/require-platform.ts'
import { isAnyProjectKept } from '../../state/is-any-project-kept.ts'
import type { ImageSource, SourceRequest } from './image-source.ts'
import { openUnpacked } from './open-unpacked.ts'

/** A file may name an image by its whole id, as docker allows, unless another image has that for a name. */
function imageIdIn(reference: string): Digest | undefined {
  const [, hex] = /^(?:sha256:)?([0-9a-f]{64})$/.exec(reference) ?? []
  return hex === undefined ? undefined : parseDigest(`sha256:${hex}`)
}

/** An image of a registry. The client of registries is loaded by those who ask one. */
export function registrySource({ roots, wanted, parsed }: SourceRequest<RegistryReference>): ImageSource {
  const { reference } = wanted
  const platform = foreignPlatform(wanted.platform)
  const fullName = formatRegistryReference(parsed)
  const name = imageKey(fullName, platform)
  return {
    name,
    hasPlatforms: true,
    lookup: () => {
      const record = readReferenceRecord(roots, name)
      const id = record?.id ?? imageIdIn(reference)
      if (id === undefined) return { kind: 'absent' }
      // The fetch says what is wrong: the platform may have come into the file after the image was pulled without it.
      const image = readImageRecord(roots, id)
      if (record === undefined && image === undefined) return { kind: 'absent' }
      if (isOtherPlatform(image?.platform, wanted)) return { kind: 'absent' }
      return {
        kind: 'present',
        id,
        unpacked: image !== undefined && isUnpacked(roots, image),
        pulledAt: record?.pulledAt,
      }
    },
    open: found => openUnpacked(roots, wanted, found),
    check: () => {},
    fetch: async ({ onProgress, signal, policy = 'missing', lease }) => {
      const { openLease } = await import('../../../../store/lease.ts')
      const { pullImage } = await import('../../../../registry/pull-image.ts')
      using own = openLease(roots)
      const { record, digest, manifest, isConfirmed } = await pullImage({
        paths: roots,
        reference,
        parsed,
        platform,
        required: wanted.platform,
        policy,
        onProgress,
        signal,
        lease: lease ?? own,
        areLayersInUse: () => isAnyProjectKept(roots),
      })
      writeImageRecord(roots, { ...record, manifest })
      const pulledAt = isConfirmed ? Date.now() : readReferenceRecord(roots, name)?.pulledAt
      writeReferenceRecord(roots, {
        reference: name,
        id: record.id,
        fingerprint: digest,
        ...(pulledAt !== undefined && { pulledAt }),
      })
      return imageOf(roots, record)
    },
    pin: async () => {
      if (parsed.digest !== undefined) return reference
      const { resolveDigest } = await import('../../../../registry/pull-image.ts')
      return `${reference}@${await resolveDigest({ reference, parsed })}`
    },
    ask: async signal => {
      const { askImageId } = await import('../../../../registry/pull-image.ts')
      return await askImageId({ paths: roots, reference, parsed, platform, signal })
    },
    push: async options => {
      const { pushImage } = await import('../../../../registry/push-image.ts')
      await pushImage({ ...options, paths: roots, target: parsed, platform: wanted.platform, reference })
    },
    platforms: () => knownPlatforms(roots, { reference: fullName, platform }),
    openFiles: async () => undefined,
  }
}
