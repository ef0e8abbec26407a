import type { PrunedBuildCache, RemovedImages } from '../app/index.ts'
import { shortImageLabel } from './views/image-name.ts'
import { safeLine } from './views/safe-text.ts'

/** Returns a line for each name and image that was removed. */
export function removedText({ untagged, deleted }: RemovedImages): string {
  const lines = [
    ...untagged.map(name => `Untagged: ${shortImageLabel(name)}`),
    ...deleted.map(id => `Deleted: ${id}`),
  ]
  return lines.map(line => `${safeLine(line)}\n`).join('')
}

/** Returns what a prune says of images and of leftovers; nothing if there was none. */
export function prunedText(removed: RemovedImages): string {
  const images = removedText(removed)
  const leftovers = removed.leftovers.map(line => `${safeLine(line)}\n`).join('')
  return [
    images === '' ? '' : `Deleted Images:\n${images}\n`,
    leftovers === '' ? '' : `Deleted leftovers:\n${leftovers}\n`,
  ].join('')
}

/** Returns what a prune says of what builds forgot; nothing if that was nothing. */
export function prunedCacheText({ steps, folders }: PrunedBuildCache): string {
  const lines = [
    ...(steps === 0 ? [] : [`${steps} ${steps === 1 ? 'step' : 'steps'}`]),
    ...(folders === 0 ? [] : [`${folders} ${folders === 1 ? 'cache folder' : 'cache folders'}`]),
  ]
  return lines.length === 0 ? '' : `Deleted build cache objects:\n${lines.join('\n')}\n\n`
}
