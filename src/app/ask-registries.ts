import type { Digest } from '../base/digest.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import type { Engine } from '../engine/engine.ts'
import type { ImageRequest } from '../model/image-request.ts'
import type { ObservedState } from '../model/observed-state.ts'
import { type DesiredState, imagesToAsk, imageUses, mayAsk, type PullChoice } from '../planner/index.ts'

/** What has to be asked before a plan can be made. */
export interface RegistryQuestion {
  readonly desired: DesiredState
  readonly choice: PullChoice
  readonly signal?: AbortSignal | undefined
  /** Receives the images, by label, before their registries are asked. */
  readonly onAsk?: ((images: readonly string[]) => void) | undefined
}

/** What images are in their registries now, by label, where the pull policies require it. */
export type RegistryAnswer =
  | { readonly kind: 'offered'; readonly ids: ReadonlyMap<string, Digest> }
  | { readonly kind: 'failed'; readonly errors: readonly TcomposeError[] }

/** Asks for the images that are there and whose pull policy wants them checked. */
export async function askRegistries(
  engine: Engine,
  { desired, choice, signal, onAsk }: RegistryQuestion,
): Promise<RegistryAnswer> {
  if (!mayAsk(desired, choice)) return { kind: 'offered', ids: new Map() }
  const observed = await engine.observe(desired.project, wantedImages(desired))
  const uses = imagesToAsk(desired, observed, choice)
  if (uses.length === 0) return { kind: 'offered', ids: new Map() }
  onAsk?.(uses.map(({ label }) => label))
  const answers = await engine.askImages(
    uses.map(({ image }) => image),
    { signal },
  )
  const ids = new Map<string, Digest>()
  const errors: TcomposeError[] = []
  for (const { label, origin } of uses) {
    const answer = answers.get(label)
    if (answer?.kind === 'offered') ids.set(label, answer.id)
    if (answer?.kind === 'failed') errors.push(answer.error.at(origin))
  }
  return errors.length > 0 ? { kind: 'failed', errors } : { kind: 'offered', ids }
}

/** Returns every image that `desired` needs, once each. */
export function wantedImages({ services }: DesiredState): readonly ImageRequest[] {
  return imageUses(services).map(({ image }) => image)
}

/** Returns `observed` with what registries offer in it. */
export function withOffers(observed: ObservedState, ids: ReadonlyMap<string, Digest>): ObservedState {
  if (ids.size === 0) return observed
  const images = [...observed.images].map(([label, image]) => {
    const offered = ids.get(label)
    return [label, image.kind === 'present' && offered !== undefined ? { ...image, offered } : image] as const
  })
  return { ...observed, images: new Map(images) }
}
