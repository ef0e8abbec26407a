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
export interface OverlayOptions {
  /** The options of mount(2). */
  readonly data: string
  /** Where the relative paths in `data` start; undefined if it has none. */
  readonly workingDir: string | undefined
}

/**
 * Returns the overlay options for an image's layers, with paths relative to `layersDir` where the absolute ones are too
 * long.
 *
 * @throws {TcomposeError} `image-invalid` if the image has no layer, or more than one mount can hold.
 */
export function overlayOptions(input: OverlayInput): OverlayOptions {
  if (input.layers.length === 0) throw invalid(input, 'it has no layers')
  const absolute = optionText(input, input.layers)
  if (byteLength(absolute) <= MAX_OPTIONS) return { data: absolute, workingDir: undefined }
  const short = optionText(
    input,
    input.layers.map(layer => shortPath(layer, input.layersDir)),
  )
  if (byteLength(short) > MAX_OPTIONS) {
    throw invalid(input, `its ${input.layers.length} layers do not fit into one overlay mount`)
  }
  return { data: short, workingDir: input.layersDir }
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

/** Returns the option that names the layers of an overlay; `layers` has the lowest first. */
export function lowerOption(layers: readonly string[]): string {
  return `lowerdir=${layers.toReversed().map(escapeOption).join(':')}`
}

/** overlayfs splits options at commas and layers at colons, unless a backslash precedes them. */
function escapeOption(path: string): string {
  return path.replace(/[\\:,]/g, '\\$&')
}

function byteLength(text: string): number {
  return Buffer.byteLength(text)
}

function invalid({ image }: OverlayInput, reason: string): TcomposeError {
  return new TcomposeError('image-invalid', `Cannot mount image "${image}": ${reason}`, {
    hint: 'Use an image with fewer layers, or flatten it',
  })
}
