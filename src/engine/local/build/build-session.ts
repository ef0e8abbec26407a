import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../../base/digest.ts'
import { makePrivateFolder } from '../../../disk/record-file.ts'
import { temporaryName } from '../../../disk/temporary-name.ts'
import type { LayerIndex } from '../../../store/built/layer-index.ts'
import type { LayerIndexText } from '../../../store/built/layer-index-file.ts'
import { LayerSealer, type SealOptions } from '../../../store/built/layer-sealer.ts'
import type { SealedLayer } from '../../../store/built/seal-layer.ts'
import { type StepKey, writeStepRecord } from '../../../store/built/step-records.ts'
import { layersFolder } from '../../../store/layers/layer-paths.ts'
import { layerPath } from '../../../store/layers/layer-store.ts'
import type { Lease } from '../../../store/lease.ts'
import type { Roots } from '../state/layout.ts'
import type { BuildLayer } from './build-layer.ts'
import { PathGate } from './path-gate.ts'
import type { StepResult } from './step-result.ts'
import { storedLayer } from './stored-layer.ts'

/** A layer that a step of this session made. */
export interface MadeLayer extends BuildLayer {
  readonly sealed: Promise<SealedLayer>
}

/** What a step left, for its record. */
export interface MadeStep {
  /** Undefined leaves the step unrecorded: it runs again next time. */
  readonly key: StepKey | undefined
  readonly resultId: string
  readonly text: string
  readonly createdAt: number
}

/**
 * What the builds of one command have in common: a folder for layers in the making, what seals them, and the steps that
 * run, so that two images with the same steps run them once.
 */
export class BuildSession implements AsyncDisposable {
  readonly roots: Roots
  readonly lease: Lease
  /** Steps that run or have run, by key. */
  readonly running: Map<StepKey, Promise<StepResult>> = new Map()
  /** Held by who uses the paths of layers. */
  readonly paths: PathGate = new PathGate()
  readonly #folder: string
  readonly sealer: LayerSealer = new LayerSealer()
  readonly #unpublished = new Map<MutableLayer, MadeStep>()
  #count = 0

  constructor(roots: Roots, lease: Lease) {
    this.roots = roots
    this.lease = lease
    this.#folder = join(layersFolder(roots), temporaryName())
  }

  /** Whether steps have made layers. */
  get hasMade(): boolean {
    return this.#count > 0
  }

  /** Returns a path at which a layer can be made; its folder exists. */
  newFolder(): string {
    if (this.#count === 0) {
      makePrivateFolder(layersFolder(this.roots))
      mkdirSync(this.#folder, { mode: 0o700 })
    }
    this.#count += 1
    return join(this.#folder, String(this.#count))
  }

  /** Returns a layer of the store. */
  stored(diffId: Digest): BuildLayer {
    return storedLayer(this.roots, diffId, this.sealer)
  }

  /** Takes over the layer in `folder`, which does not change any more, and begins to seal it. */
  add(folder: string, step: MadeStep, options: SealOptions = {}): MadeLayer {
    const layer = new MutableLayer(folder, this.sealer.seal(folder, options))
    this.#unpublished.set(layer, step)
    return layer
  }

  /** Brings every layer that is made into the store, under its final name, and remembers its step. */
  async publish(): Promise<void> {
    const layers = [...this.#unpublished]
    if (layers.length === 0) return
    const { publishLayers } = await import('../../../store/built/publish-layers.ts')
    const sealed = await Promise.all(
      layers.map(async ([layer, step]) => ({ layer, step, sealed: await layer.sealed })),
    )
    const mine = sealed.filter(({ layer }) => this.#unpublished.delete(layer))
    const unpublished = mine.map(({ layer, sealed }) => ({ folder: layer.folder, sealed }))
    await this.paths.exclusive(async () => {
      await publishLayers(this.roots, unpublished, this.lease)
      for (const { layer, sealed } of mine) layer.moveTo(layerPath(this.roots, sealed.diffId))
    })
    for (const { step, sealed } of mine) {
      const { key, ...record } = step
      if (key !== undefined) writeStepRecord(this.roots, key, { ...record, diffId: sealed.diffId })
    }
  }

  /** Keeps what steps have made, also those of a build that failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.publish()
    } finally {
      await this.sealer[Symbol.asyncDispose]()
      if (this.#count > 0) await this.#removeFolder()
    }
  }

  async #removeFolder(): Promise<void> {
    const { removeTree } = await import('../../../disk/remove-tree.ts')
    await removeTree(this.#folder)
  }
}

class MutableLayer implements MadeLayer {
  readonly sealed: Promise<SealedLayer>
  #folder: string
  #index: LayerIndex | undefined

  constructor(folder: string, sealed: Promise<SealedLayer>) {
    this.#folder = folder
    this.sealed = sealed
    // Whoever needs the layer hears of it.
    sealed.catch(() => undefined)
  }

  get folder(): string {
    return this.#folder
  }

  moveTo(folder: string): void {
    this.#folder = folder
  }

  async index(): Promise<LayerIndex> {
    this.#index ??= (await this.sealed).index
    return this.#index
  }

  async indexText(): Promise<LayerIndexText> {
    return (await this.sealed).indexText
  }
}
