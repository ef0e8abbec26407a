import { type Checked, type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import { withoutMistakes } from './diagnostics/without-mistakes.ts'
import { entriesOf, type MapNode } from './document/node.ts'
import type { ComposeDocument } from './load-compose-document.ts'
import { type LocatedProject, readProject } from './project/read-project.ts'
import { checkRules } from './rules/check-rules.ts'
import { valueAt } from './rules/rule-context.ts'
import type { SeccompProfiles } from './seccomp/read-seccomp-profiles.ts'

/** What is wrong with a document, and what finds out whether anything is wrong with what is left of it. */
export interface DraftOptions {
  readonly diagnostics: readonly Diagnostic[]
  readonly check: (document: ComposeDocument) => Checked<SeccompProfiles>
}

/** What refers to a place that was left out is itself a mistake, and so on. */
const MOST_ROUNDS = 5

/** Returns the project that a document is without its mistakes; undefined if some remain whatever is left out. */
export function draftProject(
  document: ComposeDocument,
  { diagnostics, check }: DraftOptions,
): LocatedProject | undefined {
  let draft = document
  let found = diagnostics
  for (let round = 0; round < MOST_ROUNDS; round++) {
    draft = withoutErrors(draft, found)
    const { value: profiles = new Map(), diagnostics: others } = check(draft)
    found = [...checkRules(draft), ...others]
    if (!hasErrors(found)) return readProject({ ...draft, profiles, isCompatible: false })
  }
  return undefined
}

function withoutErrors(draft: ComposeDocument, diagnostics: readonly Diagnostic[]): ComposeDocument {
  const mistakes = diagnostics.flatMap(({ severity, span }) =>
    severity === 'error' && span !== undefined ? [span] : [],
  )
  const document = withoutMistakes(draft.document, mistakes)
  const services = [...entriesOf(valueAt(document, 'services'))].flatMap(([name, { value }]) =>
    value.kind === 'map' ? [[name, value] as const] : [],
  )
  const bases = [...draft.bases].map(([name, base]): readonly [string, MapNode] => [
    name,
    withoutMistakes(base, mistakes),
  ])
  return { ...draft, document, services: new Map(services), bases: new Map(bases) }
}
