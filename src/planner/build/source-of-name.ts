import { didYouMean } from '../../base/did-you-mean.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import { RESERVED_STAGE_NAMES } from '../../model/dockerfile-names.ts'
import { wholeImageName } from '../../model/image-name.ts'
import type { PlatformName } from '../../model/platform.ts'
import { compareText } from '../canonical-json.ts'
import type { TreeRef } from './build-graph.ts'
import type { BuildPlanRequest, NeededImage } from './build-request.ts'
import { InstructionError } from './instruction-error.ts'

/** Files that a name stands for. */
export type Source =
  | { readonly kind: 'stage'; readonly index: number }
  | Extract<TreeRef, { readonly kind: 'scratch' | 'context' }>
  | ({ readonly kind: 'image' } & NeededImage)

/** A name that is that of no stage, and what is known about it. */
export interface SourceName {
  readonly text: string
  readonly platform: PlatformName | undefined
  readonly span: SourceSpan
  /** Names of stages, to suggest one. */
  readonly stages: readonly string[]
}

/**
 * Returns what a name that is that of no stage stands for: nothing for `scratch`, else a named context, else an image.
 *
 * @throws {InstructionError} If the name cannot be that of an image.
 */
export function sourceOfName(name: SourceName, request: BuildPlanRequest): Source {
  const { text, platform, span, stages } = name
  if (text === 'scratch') return { kind: 'scratch' }
  const context = contextOf(text, request)
  if (context !== undefined) return withPlatform(context, name)
  const key = wholeImageName(text)
  if (key === undefined) throw noImage(name)
  const hint = didYouMean(text, stages)
  const image = { key: keyOf(key, platform), reference: text, platform, span }
  return { kind: 'image', ...image, ...(hint !== undefined && { hint }) }
}

/** Returns the named context that `name` stands for, if there is one. `scratch` and `context` stand for themselves. */
export function contextOf(name: string, { contexts }: BuildPlanRequest): ContextSource | undefined {
  if (RESERVED_STAGE_NAMES.has(name.toLowerCase())) return undefined
  const wanted = comparable(name)
  const same = [...contexts].filter(([key]) => comparable(key) === wanted)
  const found = same.toSorted(([a], [b]) => compareText(a, b))[0]
  if (found === undefined) return undefined
  const [key, context] = found
  if (context.kind === 'folder') return { kind: 'context', name: key }
  if (context.reference === 'scratch') return { kind: 'scratch' }
  return { kind: 'image', reference: context.reference }
}

type ContextSource =
  | Extract<TreeRef, { readonly kind: 'scratch' | 'context' }>
  | { readonly kind: 'image'; readonly reference: string }

/** Returns the source that a named context is where `name` is written. */
export function withPlatform(
  context: ContextSource,
  { platform, span }: Pick<SourceName, 'platform' | 'span'>,
): Source {
  if (context.kind !== 'image') return context
  const { reference } = context
  const key = keyOf(wholeImageName(reference) ?? reference, platform)
  return { kind: 'image', key, reference, platform, span }
}

/** `redis`, `redis:latest` and `docker.io/library/redis` are one. */
function comparable(name: string): string {
  return wholeImageName(name) ?? name
}

function keyOf(name: string, platform: PlatformName | undefined): string {
  return platform === undefined ? name : `${name} ${platform}`
}

function noImage({ text, span, stages }: SourceName): InstructionError {
  return new InstructionError(
    `Cannot use "${text}": it is neither a stage before this line nor a reference of an image`,
    { span, hint: didYouMean(text, stages) },
  )
}
