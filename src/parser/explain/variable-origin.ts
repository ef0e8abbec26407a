import type { SourceSpan } from '../../base/source-span.ts'
import type { ProjectEnvironment, VariableSource } from '../environment/project-environment.ts'

/** Where the value of a variable comes from. */
export type VariableOrigin =
  /** The environment of the process. */
  | { readonly kind: 'process' }
  /** A line of `.env`, of an `--env-file` or of the `env_file` of an include. */
  | { readonly kind: 'env-file'; readonly span: SourceSpan | undefined; readonly file: string }
  /** tcompose itself: `PWD` and `COMPOSE_PROJECT_NAME`. */
  | { readonly kind: 'project' }
  /** The text behind `-` or `+` in the expression. */
  | { readonly kind: 'text'; readonly text: string }
  /** Nobody sets it: its value is the empty text. */
  | { readonly kind: 'unset' }

/** Returns where `environment` takes the variable `name` from. */
export function variableOrigin(name: string, { sources }: ProjectEnvironment): VariableOrigin {
  const source = sources.find(({ values }) => values.has(name))
  return source === undefined ? { kind: 'unset' } : originIn(source, name)
}

/** Returns the place of the variable `name` in `source`, which sets it. */
export function originIn(source: VariableSource, name: string): VariableOrigin {
  if (source.kind !== 'env-file') return { kind: source.kind }
  return { kind: 'env-file', file: source.file, span: source.places.get(name) }
}
