import { createHash } from 'node:crypto'
import { assertNever } from '../../../src/base/assert-never.ts'

/** A project as a model: it knows which of its steps a build may take from the cache. */
export interface ModelProject {
  readonly steps: readonly ModelStep[]
  /** The context by path, `FOLDER/NAME`. Those that end with `.log` are ignored by `.dockerignore`. */
  readonly files: ReadonlyMap<string, ModelFile>
  /** Values given for arguments. */
  readonly args: ReadonlyMap<string, string>
}

/** An instruction. The `id` of a run names the file `/rndID` that it writes. */
export type ModelStep =
  | { readonly kind: 'run'; readonly id: number; readonly text: string }
  | { readonly kind: 'copy'; readonly folder: string }
  | { readonly kind: 'env'; readonly name: string; readonly value: string }
  | { readonly kind: 'arg'; readonly name: string; readonly value: string }
  | { readonly kind: 'label'; readonly value: string }

/** A file of the context. Its time is no part of any key. */
export interface ModelFile {
  readonly content: string
  readonly mode: number
  readonly seconds: number
}

/** What a run writes: bytes that differ each time, or the same ones. */
export type RunOutput = 'random' | 'fixed'

/** Returns the Dockerfile of a project. */
export function modelDockerfile({ steps }: ModelProject, output: RunOutput): string {
  return ['FROM base:1', ...steps.map(step => instructionOf(step, output)), ''].join('\n')
}

function instructionOf(step: ModelStep, output: RunOutput): string {
  switch (step.kind) {
    case 'run':
      return output === 'random'
        ? `RUN : ${step.text}; head -c 16 /dev/urandom | md5sum > /rnd${step.id}`
        : `RUN echo ${step.text} > /fixed${step.id}`
    case 'copy':
      return `COPY ${step.folder} /${step.folder}`
    case 'env':
      return `ENV ${step.name}=${step.value}`
    case 'arg':
      return `ARG ${step.name}=${step.value}`
    case 'label':
      return `LABEL l=${step.value}`
    default:
      return assertNever(step)
  }
}

/**
 * Returns for each run what its outcome depends on: the steps below it, its text, variables and arguments declared above
 * it, and for each COPY below it the names, modes and bytes of its files.
 */
export function keysOfRuns({ steps, files, args }: ModelProject): ReadonlyMap<number, string> {
  const keys = new Map<number, string>()
  const variables = new Map<string, string>()
  let parent = 'base:1'
  for (const step of steps) {
    if (step.kind === 'run') {
      parent = digestOf([parent, step.id, step.text, [...variables]])
      keys.set(step.id, parent)
    } else if (step.kind === 'copy') parent = digestOf([parent, step.folder, contentOf(files, step.folder)])
    else if (step.kind === 'env') variables.set(`env ${step.name}`, step.value)
    else if (step.kind === 'arg') variables.set(`arg ${step.name}`, args.get(step.name) ?? step.value)
  }
  return keys
}

function contentOf(files: ModelProject['files'], folder: string): unknown {
  return [...files]
    .filter(([path]) => path.startsWith(`${folder}/`) && !path.endsWith('.log'))
    .map(([path, { content, mode }]) => [path, content, mode])
    .sort()
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
