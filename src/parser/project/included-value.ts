import type { SourceSpan } from '../../base/source-span.ts'
import type { MapNode } from '../document/node.ts'
import { valueAt } from '../rules/rule-context.ts'

/**
 * Returns the value of the variable that a secret or config is made of, if only an included project has it: the load of
 * that is the last to know.
 *
 * @param contents As in `ComposeDocument`.
 */
export function includedValue(
  declared: MapNode,
  contents: ReadonlyMap<SourceSpan, string>,
): string | undefined {
  const span = valueAt(declared, 'environment')?.span
  return span === undefined ? undefined : contents.get(span)
}
