import fc from 'fast-check'
import { assertNever } from '../../../src/base/assert-never.ts'
import type { ModelFile, ModelProject, ModelStep } from './model-project.ts'

const EDIT_KINDS = [
  'write',
  'touch',
  'chmod',
  'add',
  'remove',
  'log',
  'text',
  'env',
  'label',
  'default',
  'argument',
  'insert',
  'move',
] as const

/** A change that a developer may make. `at` picks what is changed, whatever the project has. */
export interface ModelEdit {
  readonly kind: (typeof EDIT_KINDS)[number]
  readonly at: number
  readonly value: number
}

/** An edit of any kind. */
export const arbitraryEdit: fc.Arbitrary<ModelEdit> = fc.record({
  kind: fc.constantFrom(...EDIT_KINDS),
  at: fc.nat({ max: 11 }),
  value: fc.nat({ max: 2 }),
})

const FIRST_FILE: ModelFile = { content: 'first', mode: 0o644, seconds: 1_000_000_000 }

/** The project that edits start from. */
export const FIRST_PROJECT: ModelProject = {
  steps: [
    { kind: 'run', id: 1, text: 'first' },
    { kind: 'copy', folder: 'one' },
    { kind: 'run', id: 2, text: 'second' },
    { kind: 'arg', name: 'A', value: '0' },
    { kind: 'label', value: 'x' },
    { kind: 'copy', folder: 'two' },
    { kind: 'run', id: 3, text: 'third' },
    { kind: 'env', name: 'E', value: '0' },
    { kind: 'run', id: 4, text: 'fourth' },
  ],
  files: new Map(['one/a', 'one/b', 'two/a', 'two/c'].map(path => [path, FIRST_FILE])),
  args: new Map([['A', '1']]),
}

/** Returns the project after an edit. One that does not fit it changes nothing. */
export function applyEdit(project: ModelProject, edit: ModelEdit): ModelProject {
  const { at, value } = edit
  const { steps, files } = project
  switch (edit.kind) {
    case 'write':
      return changeFile(project, at, file => ({ ...file, content: `${value}` }))
    case 'touch':
      return changeFile(project, at, file => ({ ...file, seconds: file.seconds + 1 + value }))
    case 'chmod':
      return changeFile(project, at, file => ({ ...file, mode: [0o644, 0o600, 0o755][value] ?? 0o644 }))
    case 'add':
      return addFile(project, `${folderAt(at)}/new${value}`)
    case 'log':
      return addFile(project, `${folderAt(at)}/${value}.log`)
    case 'remove':
      return { ...project, files: without(files, `${folderAt(at)}/new${value}`) }
    case 'argument':
      return { ...project, args: new Map([['A', `${value}`]]) }
    case 'insert':
      return {
        ...project,
        steps: steps.toSpliced(at % steps.length, 0, { kind: 'label', value: `${value}` }),
      }
    case 'move':
      return { ...project, steps: moveStep(steps, at % steps.length) }
    case 'text':
    case 'env':
    case 'label':
    case 'default':
      return { ...project, steps: steps.map((step, index) => changeStep(step, index - at, edit)) }
    default:
      return assertNever(edit.kind)
  }
}

function folderAt(at: number): string {
  return at % 2 === 0 ? 'one' : 'two'
}

function addFile(project: ModelProject, path: string): ModelProject {
  return { ...project, files: new Map([...project.files, [path, FIRST_FILE]]) }
}

function without<T>(files: ReadonlyMap<string, T>, path: string): ReadonlyMap<string, T> {
  return new Map([...files].filter(([other]) => other !== path))
}

function changeFile(project: ModelProject, at: number, change: (file: ModelFile) => ModelFile): ModelProject {
  const picked = at % project.files.size
  const files = [...project.files].map(
    ([path, file], index) => [path, index === picked ? change(file) : file] as const,
  )
  return { ...project, files: new Map(files) }
}

/** The picked step goes behind the next one. */
function moveStep(steps: readonly ModelStep[], at: number): readonly ModelStep[] {
  const [moved] = steps.slice(at, at + 1)
  return moved === undefined ? steps : steps.toSpliced(at, 1).toSpliced(at + 1, 0, moved)
}

/** Runs are changed where they are picked; of the others there is one each. */
function changeStep(step: ModelStep, distance: number, { kind, value }: ModelEdit): ModelStep {
  if (kind === 'text' && step.kind === 'run' && distance === 0) return { ...step, text: `text${value}` }
  const isPicked = step.kind === (kind === 'default' ? 'arg' : kind)
  return isPicked && 'value' in step ? { ...step, value: `${value}` } : step
}
