import type { Brand } from '../../base/brand.ts'
import { type PlatformName, parsePlatform } from '../../model/platform.ts'
import type { WantedImage } from '../../model/wanted-image.ts'

/**
 * The name of an image in the store, in its records as in its index, where other tools read it: the full reference, and
 * the platform where that is not the machine's own, as `docker.io/library/redis:7+linux/arm64`.
 */
export type StoredName = Brand<string, 'StoredName'>

/** Returns the name of `reference`, in full form, for `platform`; undefined is the machine's own. */
export function storedName(reference: string, platform: PlatformName | undefined): StoredName {
  return parseStoredName(platform === undefined ? reference : `${reference}+${platform}`)
}

/** Takes any text for a name: what other tools put into the index need be no reference. */
export function parseStoredName(text: string): StoredName {
  return text as StoredName
}

/** Takes a name apart that `storedName` put together. */
export function splitStoredName(name: StoredName): WantedImage {
  const [, reference, platform] = /^(.*)\+(linux\/[a-z0-9_./-]+)$/s.exec(name) ?? []
  return reference === undefined || platform === undefined
    ? { reference: name }
    : { reference, platform: parsePlatform(platform) }
}
