import type { Project } from '../../model/project.ts'
import { isTrueText } from '../environment/is-true-text.ts'

/** Reads what the variables of a project say about orphans; of the two, removal is the stronger. */
export function readOrphans(variables: ReadonlyMap<string, string>): Project['orphans'] {
  if (isTrueText(variables.get('COMPOSE_REMOVE_ORPHANS'))) return 'remove'
  return isTrueText(variables.get('COMPOSE_IGNORE_ORPHANS')) ? 'ignore' : undefined
}
