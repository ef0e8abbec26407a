import { TcomposeError } from '../../base/tcompose-error.ts'
import type { ImageBuild } from '../../model/build-event.ts'
import type { ImageBuilder } from '../engine.ts'

/** The builds of this machine. */
export function localImageBuilder(): ImageBuilder {
  return { forecast: async build => refuse(build), inspect: async build => refuse(build) }
}

/** @throws {TcomposeError} `build-unsupported`. */
function refuse({ service }: ImageBuild): never {
  throw new TcomposeError(
    'build-unsupported',
    `Cannot build service "${service}": this version builds nothing`,
  )
}
