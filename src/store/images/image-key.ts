import type { Brand } from '../../base/brand.ts'
import type { ImageRequest } from '../../model/image-request.ts'
import { type PlatformName, parsePlatform } from '../../model/platform.ts'

/**
 * The name of an image in the store, in its records as in its index, where other tools read it: the full reference, and
 * the platform where that is not the machine's own, as `docker.io/library/redis:7+linux/arm64`.
 */
export type ImageKey = Brand<string, 'ImageKey'>

/** Returns the name of `reference`, in full form, for `platform`; undefined is the machine's own. */
export function imageKey(reference: string, platform: PlatformName | undefined): ImageKey {
  return parseImageKey(platform === undefined ? reference : `${reference}+${platform}`)
}

/** Takes any text for a name: what other tools put into the index need be no reference. */
export function parseImageKey(text: string): ImageKey {
  return text as ImageKey
}

/** Takes a name apart that `imageKey` put together. */
export function splitImageKey(name: ImageKey): ImageRequest {
  const [, reference, platform] = /^(.*)\+(linux\/[a-z0-9_./-]+)$/s.exec(name) ?? []
  return reference === undefined || platform === undefined
    ? { reference: name }
    : { reference, platform: parsePlatform(platform) }
}
