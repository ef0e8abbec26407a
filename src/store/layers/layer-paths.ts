import { join } from 'node:path'
import { type Digest, digestHex } from '../../base/digest.ts'
import type { StorePaths } from '../store-paths.ts'

/**
 * The unpacked layers of all images: `layers/sha256/<hex of the diffID>/`, and for each a link
 * `layers/l/<first 16 hex digits>`, because all layers of a mount must fit into one page of options. What a process
 * unpacks is in `layers/tmp-<pid>-<start time>-<count>` until it is whole. `layers/sizes/<hex of the diffID>` says
 * how many bytes its files have, `layers/implied/<hex>` which folders its archive implies, `layers/index/<hex>` what is in
 * it, `layers/packed/<hex>` which blob it is packed in, `layers/origin` where all were unpacked. `layers/empty` is no layer but an empty folder.
 */
export function layersFolder(paths: StorePaths): string {
  return join(paths.data, 'layers')
}

/** Returns where the layer is, or would be. */
export function layerFolder(paths: StorePaths, diffId: Digest): string {
  return join(layersFolder(paths), 'sha256', digestHex(diffId))
}

/** Returns the layer's short link. */
export function layerLink(paths: StorePaths, diffId: Digest): string {
  return join(layersFolder(paths), 'l', digestHex(diffId).slice(0, 16))
}

/** Returns what the layer's short link holds; one of another layer with the same beginning holds something else. */
export function layerLinkTarget(diffId: Digest): string {
  return `../sha256/${digestHex(diffId)}`
}

/** Returns the file that says how large the layer is. */
export function layerSizeFile(paths: StorePaths, diffId: Digest): string {
  return join(layersFolder(paths), 'sizes', digestHex(diffId))
}

/** Returns the file that names the folders that the layer's archive implies. */
export function impliedFoldersFile(paths: StorePaths, diffId: Digest): string {
  return join(layersFolder(paths), 'implied', digestHex(diffId))
}

/** Returns the file that lists what is in the layer. */
export function layerIndexFile(paths: StorePaths, diffId: Digest): string {
  return join(layersFolder(paths), 'index', digestHex(diffId))
}

/** Returns the file that says which blob the layer is packed in. */
export function packedLayerFile(paths: StorePaths, diffId: Digest): string {
  return join(layersFolder(paths), 'packed', digestHex(diffId))
}
