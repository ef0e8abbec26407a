import type { ObservedImage, ObservedState, PresentImage } from '../model/observed-state.ts'
import type { DesiredService, DesiredState } from './desired-state.ts'
import { type ImageUse, imageUses } from './image-policy.ts'
import type { KeptImage, Plan } from './plan.ts'
import { StepList } from './step-list.ts'

export interface PullOptions {
  /**
   * Counts for every service: `always` asks for images that are there, too. @default each service's own policy, where
   * one that has none, or a time, means `always`
   */
  readonly policy?: 'always' | 'missing' | undefined
  /** Leave the images that can be built. @default false */
  readonly ignoreBuildable?: boolean | undefined
}

/**
 * Plans to fetch the images of the selected services, each once; nothing else changes. As docker compose has it,
 * `missing` leaves no image alone whose tag is `latest`: that it is there does not make it the latest.
 */
export function planPull(
  { project, services }: DesiredState,
  observed: ObservedState,
  options: PullOptions,
): Plan {
  const steps = new StepList()
  const keptImages: KeptImage[] = []
  for (const use of imageUses(services)) {
    const image = observed.images.get(use.label)
    if (isOnlyBuilt(use, options)) {
      keptImages.push({ label: use.label, reason: 'built' })
      continue
    }
    const policy = fetchPolicy(use, image, options)
    if (policy === undefined) {
      keptImages.push({ label: use.label, reason: isReady(image) ? 'present' : 'never' })
      continue
    }
    const { reference, platform } = use.image
    const action = { kind: 'fetch-image', image: reference, ...(platform && { platform }), policy } as const
    steps.add(action, { cause: isReady(image) ? 'pull' : 'not found', origin: use.origin })
  }
  return { project, changes: [], steps: steps.steps, warnings: [], keptImages }
}

/** An image that the file does not name is in no registry. */
function isOnlyBuilt({ build, services }: ImageUse, { ignoreBuildable = false }: PullOptions): boolean {
  if (build === undefined) return false
  return (
    ignoreBuildable || !build.isNamed || services.every(({ config }) => config.pullPolicy?.kind === 'build')
  )
}

function fetchPolicy(
  { services, image: { reference } }: ImageUse,
  image: ObservedImage | undefined,
  options: PullOptions,
): 'always' | 'missing' | undefined {
  const policies = services.map(service => options.policy ?? ownPolicy(service))
  if (policies.includes('always')) return 'always'
  if (!policies.includes('missing')) return undefined
  if (!isReady(image)) return 'missing'
  return !image.isLocal && isLatest(reference) ? 'always' : undefined
}

/** A time between two pulls is for `up`: who says `pull` does not want to wait for it. */
function ownPolicy({ config: { pullPolicy } }: DesiredService): 'always' | 'missing' | 'never' {
  if (pullPolicy === undefined || pullPolicy.kind === 'refresh') return 'always'
  return pullPolicy.kind === 'build' ? 'never' : pullPolicy.kind
}

function isReady(image: ObservedImage | undefined): image is PresentImage {
  return image?.kind === 'present' && image.unpacked
}

/** A reference without tag and digest means `latest`. */
function isLatest(reference: string): boolean {
  const name = reference.slice(reference.lastIndexOf('/') + 1)
  return name.endsWith(':latest') || !/[:@]/.test(name)
}
