import type { ModelPath } from '../../../base/model-path.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import { type ImageRequest, imageLabel } from '../../../model/image-request.ts'
import { mountNeeds } from '../../../model/mount.ts'
import { pullForbidden } from '../../../oci/image-errors.ts'
import { foreignPlatform, machinePlatform } from '../../../oci/platform.ts'
import { movedImage } from '../../../planner/describe-action.ts'
import { getsImage } from '../../../planner/image-action.ts'
import type { Plan } from '../../../planner/plan.ts'
import type { Roots } from '../state/layout.ts'
import type { KnownImages } from './known-images.ts'
import { isRunnable } from './runnable-platform.ts'
import { imageSource } from './source/image-sources.ts'

/**
 * Returns why containers of `plan` cannot have their images: one is not there and no step gets it, for its pull policy
 * forbids that; or it is for another architecture.
 */
export function imageProblems(roots: Roots, plan: Plan, known: KnownImages): readonly TcomposeError[] {
  const containers = plan.steps.flatMap(({ action }) =>
    action.kind === 'create-container' ? [action.container] : [],
  )
  const services = [
    ...new Map(
      containers.map(container => [`${container.service} ${container.config.image}`, container]),
    ).values(),
  ]
  const fetched = new Set(plan.steps.flatMap(({ action }) => (getsImage(action) ? [movedImage(action)] : [])))
  const isThere = (image: ImageRequest): boolean =>
    fetched.has(imageLabel(image)) || known.lookup(image).kind === 'present'
  return services.flatMap(container => [
    ...imagesOf(container)
      .filter(({ image }) => !isThere(image))
      .map(({ image, origin }) =>
        (isBuilt(container, image) ? notBuilt(container) : pullForbidden(image.reference)).at(origin),
      ),
    ...platformProblems(roots, container),
  ])
}

/** A policy is reported where the file sets it, one of the command line at the image. */
function imagesOf({
  service,
  config,
  platform,
}: ContainerSpec): readonly { readonly image: ImageRequest; readonly origin: ModelPath }[] {
  const key = config.pullPolicy?.kind === 'never' ? 'pull_policy' : 'image'
  const mounted = config.mounts.flatMap(mount =>
    mountNeeds(mount).images.map(reference => ({
      image: { reference, platform },
      origin: mount.origin,
    })),
  )
  return [{ image: { reference: config.image, platform }, origin: servicePath(service, key) }, ...mounted]
}

function isBuilt({ config }: ContainerSpec, { reference }: ImageRequest): boolean {
  return config.build !== undefined && config.image === reference
}

function notBuilt({ service, config: { image } }: ContainerSpec): TcomposeError {
  return new TcomposeError(
    'image-not-found',
    `Cannot create a container of service "${service}": its image "${image}" is not built`,
    {
      hint: `Run "tcompose build ${service}", or leave out --no-build`,
      origin: servicePath(service, 'build'),
    },
  )
}

function platformProblems(
  roots: Roots,
  { service, config, platform }: ContainerSpec,
): readonly TcomposeError[] {
  const foreign = foreignPlatform(platform)
  if (foreign === undefined || isRunnable(foreign)) return []
  const source = imageSource(roots, { reference: config.image, platform })
  if (!source.hasPlatforms) return []
  const text = `Cannot run service "${service}": this machine runs ${machinePlatform()}, not ${foreign}`
  const made = source.platforms()
  const choice = made.length === 0 ? '' : `, of those that the image has: ${made.join(', ')}`
  return [
    new TcomposeError('platform-not-runnable', `${text}, expected an emulator for it`, {
      hint: `Choose the platform of this machine${choice}; or register an emulator with binfmt_misc (qemu-user-static)`,
      origin: servicePath(service, config.platform === undefined ? 'image' : 'platform'),
    }),
  ]
}
