import { posix } from 'node:path'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { WritableLayer } from './container-launch.ts'

/** mount(2) takes one page of options, with the closing NUL. */
const MAX_OPTIONS = 4095

/** What an overlay is made of. */
export interface OverlayInput {
  /** Read-only layers, the lowest first. */
  readonly layers: readonly string[]
  /** Undefined makes a mount that cannot be written to. */
  readonly writable: WritableLayer | undefined
  /** The folder that unpacked layers are in, by short names. */
  readonly layersDir: string
  /** The image, for an error. */
  readonly image: string
}

/** The arguments of one overlay mount. */
export type OverlayOptions =
  /** They fit into the page of options of mount(2). */
  | {
      readonly kind: 'page'
      readonly data: string
      /** Where the relative paths in `data` start; undefined if it has none. */
      readonly workingDir: string | undefined
    }
  /** They have to be given one by one, with paths relative to `workingDir`. */
  | {
      readonly kind: 'parts'
      /** The topmost first. */
      readonly layers: readonly string[]
      /** Names and values; an empty value makes a flag. */
      readonly settings: readonly (readonly [name: string, value: string])[]
      readonly workingDir: string
    }

/** OVL_MAX_STACK in the kernel. */
const MAX_LAYERS = 500

/**
 * Returns the overlay options for an image's layers, with paths relative to `layersDir` where the absolute ones are too
 * long.
 *
 * @throws {TcomposeError} `image-invalid` if the image has no layer, or more than one mount can hold.
 */
export function overlayOptions(input: OverlayInput): OverlayOptions {
  const { layers, layersDir } = input
  if (layers.length === 0) throw invalid(input, 'it has no layers')
  if (layers.length > MAX_LAYERS)
    throw invalid(input, `it has ${layers.length} layers, expected ${MAX_LAYERS} at most`)
  const absolute = optionText(input, layers)
  if (isPage(absolute)) return { kind: 'page', data: absolute, workingDir: undefined }
  const short = optionText(
    input,
    layers.map(layer => shortPath(layer, layersDir)),
  )
  return isPage(short) ? { kind: 'page', data: short, workingDir: layersDir } : overlayParts(input)
}

function isPage(options: string): boolean {
  return Buffer.byteLength(options) <= MAX_OPTIONS
}

function shortPath(layer: string, layersDir: string): string {
  return layer.startsWith(`${layersDir}/`) ? layer.slice(layersDir.length + 1) : layer
}

function optionText({ writable }: OverlayInput, layers: readonly string[]): string {
  const lower = lowerOption(layers)
  if (writable === undefined) return lower
  const { upper, work, options = DEFAULT_OPTIONS } = writable
  return [lower, `upperdir=${escapeOption(upper)}`, `workdir=${escapeOption(work)}`, ...options].join(',')
}

/** A lower layer of `/` may hold the upper one, and one layer serves many mounts. */
const DEFAULT_OPTIONS: readonly string[] = ['index=off']

/** Nothing is escaped: a path has colons and commas only above the folder that it starts from. */
function overlayParts({ layers, writable, layersDir }: OverlayInput): OverlayOptions {
  const fromLayers = (path: string): string => posix.relative(layersDir, path)
  const options = writable?.options ?? DEFAULT_OPTIONS
  return {
    kind: 'parts',
    layers: layers.toReversed().map(fromLayers),
    settings:
      writable === undefined
        ? []
        : [
            ['upperdir', fromLayers(writable.upper)],
            ['workdir', fromLayers(writable.work)],
            ...options.map(settingOf),
          ],
    workingDir: layersDir,
  }
}

function settingOf(option: string): readonly [string, string] {
  const [name = '', value = ''] = option.split('=', 2)
  return [name, value]
}

/** Returns the option that names the layers of an overlay; `layers` has the lowest first. */
export function lowerOption(layers: readonly string[]): string {
  return `lowerdir=${layers.toReversed().map(escapeOption).join(':')}`
}

/** overlayfs splits options at commas and layers at colons, unless a backslash precedes them. */
function escapeOption(path: string): string {
  return path.replace(/[\\:,]/g, '\\$&')
}

function invalid({ image }: OverlayInput, reason: string): TcomposeError {
  return new TcomposeError('image-invalid', `Cannot mount image "${image}": ${reason}`, {
    hint: 'Use an image with fewer layers, or flatten it',
  })
}
