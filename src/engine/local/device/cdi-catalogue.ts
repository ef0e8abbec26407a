import { suggestOneOf } from '../../../base/did-you-mean.ts'
import type { ModelPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { type CdiChoice, indexCdiDevices } from '../../../oci/cdi/cdi-index.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import { type CdiFolders, readCdiFolders } from './cdi-folders.ts'

/** A device that was chosen, and what of the document asks for it. */
export interface CdiSelection {
  readonly choice: CdiChoice
  readonly origin: ModelPath
}

/** The devices that the specifications of this machine describe. They are read when one is first asked for. */
export class CdiCatalogue {
  readonly #sources: DeviceSources
  #folders: CdiFolders | undefined
  #devices: ReadonlyMap<string, CdiChoice> | undefined

  constructor(sources: DeviceSources) {
    this.#sources = sources
  }

  /**
   * Returns the device `name`, e.g. `vendor.com/class=name`.
   *
   * @throws {TcomposeError} `device-not-found`; `cdi-spec` if two files of one folder have it, or a file cannot be read,
   *   for that may be the one.
   */
  select(name: string, origin: ModelPath): CdiSelection {
    this.requireSound(origin)
    const choice = this.devices().get(name)
    if (choice === undefined) throw this.#notFound(name, origin)
    const [rival] = choice.rivals
    if (rival === undefined) return { choice, origin }
    throw new TcomposeError(
      'cdi-spec',
      `Cannot use device "${name}": both "${choice.source.name}" and "${rival.name}" describe it`,
      { hint: 'Remove one of the files', origin },
    )
  }

  /** @throws {TcomposeError} `cdi-spec` if a file cannot be used. */
  requireSound(origin: ModelPath): void {
    const [problem] = this.#read().problems
    if (problem !== undefined) throw problem.at(origin)
  }

  /** Returns all devices by their names. */
  devices(): ReadonlyMap<string, CdiChoice> {
    this.#devices ??= indexCdiDevices(this.#read().sources)
    return this.#devices
  }

  /** Returns why files cannot be used. */
  problems(): readonly TcomposeError[] {
    return this.#read().problems
  }

  #read(): CdiFolders {
    this.#folders ??= readCdiFolders(this.#sources.cdiFolders)
    return this.#folders
  }

  #notFound(name: string, origin: ModelPath): TcomposeError {
    const folders = this.#sources.cdiFolders.join(' and ')
    const known = [...this.devices().keys()]
    return new TcomposeError(
      'device-not-found',
      `Cannot use device "${name}": no specification in ${folders} describes it`,
      {
        hint:
          suggestOneOf(name, known) ??
          `Put a specification of the device into ${this.#sources.cdiFolders[0]}`,
        origin,
      },
    )
  }
}
