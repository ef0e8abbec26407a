import { TcomposeError } from '../../../base/tcompose-error.ts'
import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import type { Image } from '../../../model/image.ts'
import { type ImageRequest, imageLabel } from '../../../model/image-request.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { Healthcheck } from '../../../model/service.ts'
import type { Action } from '../../../planner/action.ts'
import { movedImage } from '../../../planner/describe-action.ts'
import { getsImage } from '../../../planner/image-action.ts'
import type { Plan, Step } from '../../../planner/plan.ts'
import { imageById } from '../../../store/images/image-by-id.ts'
import type { KnownImages } from '../image/known-images.ts'
import { projectLayout, type Roots } from '../state/layout.ts'
import { readProjectRecord } from '../state/project-record.ts'
import { resolveHealthcheck } from './resolve-healthcheck.ts'

/** Where to look, and for which images that is of use already. */
export interface HealthcheckQuestion {
  readonly roots: Roots
  readonly project: ProjectName
  readonly images: KnownImages
  /** Tells which of the images to look at. */
  readonly isKnown: (image: ImageRequest) => boolean
}

/**
 * Returns an error for each service that `plan` waits for to be healthy and that has no health check. What an image
 * says that is not known yet is for another look.
 */
export function healthcheckProblems(plan: Plan, question: HealthcheckQuestion): readonly TcomposeError[] {
  return plan.steps.flatMap(step => {
    const { action, origin } = step
    if (action.kind !== 'await-service' || action.condition !== 'service_healthy' || !action.required)
      return []
    const checked = checkedParts(plan, action, question)
    if (checked === undefined || resolveHealthcheck(checked.own, checked.image) !== undefined) return []
    return [noHealthcheck(action.service, checked.own).at(origin)]
  })
}

/** The error for a service that is to be healthy and has no health check; `own` is the file's part of it. */
export function noHealthcheck(service: string, own: Healthcheck | undefined): TcomposeError {
  const reason =
    own?.test?.kind === 'none'
      ? 'its health check is disabled'
      : 'neither the file nor its image has a health check'
  return new TcomposeError(
    'no-healthcheck',
    `Cannot wait for service "${service}" to be healthy: ${reason}`,
    { hint: 'Give it a "healthcheck", or wait for "service_started"' },
  )
}

/** What the file and the image say of a service's health. */
interface CheckedParts {
  readonly own: Healthcheck | undefined
  readonly image: Healthcheck | undefined
}

function checkedParts(
  plan: Plan,
  { service }: Extract<Action, { kind: 'await-service' }>,
  question: HealthcheckQuestion,
): CheckedParts | undefined {
  const created = plan.steps.find(step => isCreationOf(step, service))?.action
  if (created?.kind !== 'create-container') return existingParts(service, question)
  const { config, platform } = created.container
  const own = config.healthcheck
  if (own?.test !== undefined) return { own, image: undefined }
  const wanted = { reference: config.image, platform }
  const { images, isKnown } = question
  const image = isKnown(wanted) ? unlessMissing(() => images.open(wanted)) : undefined
  return image === undefined ? undefined : { own, image: image.config.healthcheck }
}

function isCreationOf({ action }: Step, service: string): boolean {
  return action.kind === 'create-container' && action.container.service === service
}

/** Of the newest container of the service, which the plan leaves or starts. */
function existingParts(service: string, { roots, project }: HealthcheckQuestion): CheckedParts | undefined {
  const record = unlessUnreadable(() => readProjectRecord(projectLayout(roots, project).record, project))
  const [entry] = [...(record?.containers.values() ?? [])]
    .filter(({ spec }) => spec.service === service)
    .toSorted((a, b) => b.createdAt - a.createdAt)
  const image = entry?.imageId === undefined ? undefined : imageById(roots, entry.imageId)
  if (entry === undefined || image === undefined) return undefined
  return { own: entry.spec.config.healthcheck, image: image.config.healthcheck }
}

/** An image that is not unpacked, as after an interrupted fetch, says nothing. */
function unlessMissing(open: () => Image): Image | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof TcomposeError) return undefined
    throw error
  }
}

/** Tells which images no step of `plan` gets. */
export function imagesAtHand(plan: Plan): HealthcheckQuestion['isKnown'] {
  const fetched = new Set(plan.steps.flatMap(({ action }) => (getsImage(action) ? [movedImage(action)] : [])))
  return image => !fetched.has(imageLabel(image))
}
