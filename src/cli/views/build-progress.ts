import type { BuildEvent, BuildStepSummary } from '../../app/index.ts'
import { formatSpan } from '../../base/source-span.ts'
import { safeLine } from './safe-text.ts'

/** A build so far. Times are milliseconds since the epoch. */
export interface BuildProgress {
  /** By id, in the order of the Dockerfile. */
  readonly steps: ReadonlyMap<number, StepProgress>
  /** The images on their way, by reference. */
  readonly fetching: ReadonlyMap<string, { readonly bytesDone: number; readonly bytesTotal: number }>
}

/** A step of a build so far. */
export interface StepProgress extends BuildStepSummary {
  readonly state: 'waiting' | 'running' | 'cached' | 'done' | 'failed' | 'cancelled'
  /** Undefined until it starts. */
  readonly startedAt: number | undefined
  /** The last lines that it wrote. */
  readonly tail: readonly string[]
}

export const NO_PROGRESS: BuildProgress = { steps: new Map(), fetching: new Map() }

/** As many lines of output are shown below a step that runs. */
const TAIL_LINES = 4

/** Returns `build` with what `event` says. */
export function withBuildEvent(build: BuildProgress, event: BuildEvent, now: number): BuildProgress {
  switch (event.kind) {
    case 'planned':
      return { ...build, steps: new Map(event.steps.map(step => [step.id, waiting(step)])) }
    case 'step-started':
      return withStep(build, event.id, step => ({ ...step, state: 'running', startedAt: now }))
    case 'step-output':
      return withStep(build, event.id, step => ({
        ...step,
        tail: [...step.tail, event.line].slice(-TAIL_LINES),
      }))
    case 'step-finished':
      return withStep(build, event.id, step => ({ ...step, state: event.outcome, tail: [] }))
    case 'fetching':
      return { ...build, fetching: withFetch(build.fetching, event) }
    case 'finished':
      return { ...build, fetching: new Map() }
    case 'notice':
      return build
  }
}

function waiting(step: BuildStepSummary): StepProgress {
  return { ...step, state: 'waiting', startedAt: undefined, tail: [] }
}

function withStep(
  build: BuildProgress,
  id: number,
  change: (step: StepProgress) => StepProgress,
): BuildProgress {
  const step = build.steps.get(id)
  return step === undefined ? build : { ...build, steps: new Map(build.steps).set(id, change(step)) }
}

/** An image that is complete is no longer on its way. */
function withFetch(
  fetching: BuildProgress['fetching'],
  { image, bytesDone, bytesTotal }: Extract<BuildEvent, { kind: 'fetching' }>,
): BuildProgress['fetching'] {
  const others = [...fetching].filter(([name]) => name !== image)
  return new Map(bytesDone < bytesTotal ? [...others, [image, { bytesDone, bytesTotal }]] : others)
}

/** Returns how far `build` is: `4/9 steps, 3 cached`, and at its end `9 steps, 3 cached`; empty without steps. */
export function buildSummary({ steps }: BuildProgress): string {
  if (steps.size === 0) return ''
  const count = (...states: readonly StepProgress['state'][]): number =>
    [...steps.values()].filter(({ state }) => states.includes(state)).length
  const cached = count('cached')
  const ended = count('cached', 'done')
  const noun = steps.size === 1 ? 'step' : 'steps'
  const all = ended === steps.size ? `${steps.size} ${noun}` : `${ended}/${steps.size} ${noun}`
  if (cached === 0) return all
  if (cached < steps.size) return `${all}, ${cached} cached`
  return cached === 1 ? `${all}, cached` : `${all}, all cached`
}

/** Returns a notice in one line, with its place: `[web] Dockerfile:3:1: no user "app"`. */
export function noticeText(
  service: string,
  { message, span }: Extract<BuildEvent, { kind: 'notice' }>,
): string {
  const place = span === undefined ? '' : `${formatSpan(span)}: `
  return safeLine(`[${service}] ${place}${message}`)
}

/** Returns `[build 3/5] RUN npm ci`, with `prefix` in front of the stage; a lone stage without a name is left out. */
export function stepTitle(
  { stage, position, count, text }: BuildStepSummary,
  { steps }: BuildProgress,
  prefix = '',
): string {
  const isLone = /^stage-\d+$/.test(stage) && [...steps.values()].every(step => step.stage === stage)
  const words = [prefix, isLone ? '' : stage, `${position}/${count}`].filter(word => word !== '')
  return `[${words.join(' ')}] ${text}`
}
