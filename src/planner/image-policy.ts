import type { Millis } from '../base/millis.ts'
import type { ModelPath } from '../base/model-path.ts'
import { servicePath } from '../base/model-path.ts'
import { type ImageRequest, imageLabel } from '../model/image-request.ts'
import type { ObservedImage, ObservedState, PresentImage } from '../model/observed-state.ts'
import type { PullPolicy } from '../model/pull-policy.ts'
import { compareText } from './canonical-json.ts'
import type { DesiredService, DesiredState } from './desired-state.ts'
import type { ServiceBuild } from './service-build.ts'

/** What decides whether the registry of an image is asked. */
export interface PullChoice {
  /** Counts for every service, in place of its own. @default each service's own */
  readonly pull?: PullPolicy | undefined
  /** Milliseconds since the epoch. @default no image counts as old */
  readonly now?: number | undefined
}

/** An image, and the services that need it. */
export interface ImageUse {
  readonly label: string
  readonly image: ImageRequest
  /** Where the file first names it. */
  readonly origin: ModelPath
  readonly services: readonly DesiredService[]
  /** How a service among them builds it, if one does. */
  readonly build: ServiceBuild | undefined
}

/** Returns every image that `services` need, once each, sorted by label. */
export function imageUses(services: readonly DesiredService[]): readonly ImageUse[] {
  const needs = services.flatMap(service =>
    imagesOf(service).map(({ image, origin }) => ({ image, origin, service, label: imageLabel(image) })),
  )
  return [...Map.groupBy(needs, ({ label }) => label)]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, [first, ...more]]) =>
      first === undefined
        ? []
        : imageUse(
            first,
            [first, ...more].map(({ service }) => service),
          ),
    )
}

interface ImageNeed extends Pick<ImageUse, 'label' | 'image' | 'origin'> {
  readonly service: DesiredService
}

function imageUse({ service: _, ...need }: ImageNeed, services: readonly DesiredService[]): ImageUse {
  const builder = services.find(({ build, image }) => build !== undefined && imageLabel(image) === need.label)
  return { ...need, services, build: builder?.build }
}

function imagesOf({
  config,
  image,
  mountedImages,
}: DesiredService): readonly { readonly image: ImageRequest; readonly origin: ModelPath }[] {
  const hooks = (config.preStart ?? []).map((hook, index) => ({
    image: { reference: hook.image, platform: image.platform },
    origin: servicePath(config.name, 'pre_start', index, 'image'),
  }))
  return [{ image, origin: servicePath(config.name, 'image') }, ...mountedImages, ...hooks]
}

/** Returns the policy that counts for `service`. */
export function policyOf({ config }: DesiredService, { pull }: PullChoice): PullPolicy {
  return pull ?? config.pullPolicy ?? { kind: 'missing' }
}

/**
 * Returns the images that are there and not built, but whose registry has to be asked what they are now before a plan can be made:
 * what it says goes into `PresentImage.offered`.
 */
export function imagesToAsk(
  { services }: DesiredState,
  observed: ObservedState,
  choice: PullChoice,
): readonly ImageUse[] {
  const fetched = imageUses(services).filter(({ build }) => build === undefined)
  return fetched.filter(use => reasonToAsk(use, observed.images.get(use.label), choice))
}

/** Tells whether the policy of any service may want a registry to be asked for an image that is there. */
export function mayAsk({ services }: DesiredState, choice: PullChoice): boolean {
  return services.some(service => ['always', 'refresh'].includes(policyOf(service, choice).kind))
}

/** Returns why the registry of a present image must be asked, in the user's words; undefined if it is not. */
export function reasonToAsk(
  { services }: Pick<ImageUse, 'services'>,
  image: ObservedImage | undefined,
  choice: PullChoice,
): string | undefined {
  if (image?.kind !== 'present' || image.isLocal) return undefined
  const policies = services.map(service => policyOf(service, choice))
  if (policies.some(({ kind }) => kind === 'always')) return 'pull policy "always"'
  const windows = policies.flatMap(policy => (policy.kind === 'refresh' ? [policy.after] : []))
  const window = windows.sort((a, b) => a - b)[0]
  return window === undefined ? undefined : ageCause(image, window, choice)
}

/** An image whose time is not known counts as old: asking once more does no harm. */
function ageCause({ pulledAt }: PresentImage, after: Millis, { now }: PullChoice): string | undefined {
  if (now === undefined) return undefined
  if (pulledAt === undefined) return 'unknown when it was pulled'
  return now - pulledAt > after ? `pulled more than ${spanText(after)} ago` : undefined
}

const UNITS: readonly (readonly [name: string, millis: number])[] = [
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

/** Returns the span in the largest unit that it is a multiple of, e.g. `2 days`, `36 hours`. */
function spanText(span: Millis): string {
  const [name, millis] = UNITS.find(([, unit]) => span % unit === 0) ?? ['millisecond', 1]
  const count = span / millis
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
