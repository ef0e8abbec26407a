import type { SourceSpan } from '../../base/source-span.ts'
import type { PlainValue } from '../document/plain-value.ts'
import type { LayerRole } from '../layer/layer.ts'
import type { ExplainedVariable } from './explain-template.ts'

/** One thing that a value went through. The steps of a value are listed in the order in which they happened. */
export type ProvenanceStep =
  /** A file or a service was brought in; what follows was written there. */
  | { readonly kind: 'include' | 'extends'; readonly target: string; readonly span: SourceSpan }
  /** It was written in a file of the project. */
  | WrittenStep
  /** What was written was reached through `*name`. */
  | { readonly kind: 'alias'; readonly name: string; readonly span: SourceSpan }
  /** What was written was reached through `<<`. */
  | { readonly kind: 'merge-key'; readonly span: SourceSpan }
  /** A variable in it was replaced, or it is a name that takes the variable's value. */
  | ({ readonly kind: 'variable' } & ExplainedVariable)
  /** A line of an `env_file` or `label_file` set it; `reference` is where the service asks for the file. */
  | { readonly kind: 'env-file'; readonly span: SourceSpan; readonly reference: SourceSpan }
  /** Nobody wrote it: it follows from the value at `span`, or is the default there. */
  | { readonly kind: 'implied'; readonly span: SourceSpan }

/** A value in a file. */
export interface WrittenStep {
  readonly kind: 'written'
  readonly role: LayerRole
  readonly span: SourceSpan
  /** In its long form, variables replaced. */
  readonly value: PlainValue
  readonly outcome: Outcome
}

/**
 * `final`: it is the value. `merged`: it is part of it. `replaced`: a later one took its place. `reset`, `override`: it
 * removes, or replaces, what came before.
 */
export type Outcome = 'final' | 'merged' | 'replaced' | 'reset' | 'override'
