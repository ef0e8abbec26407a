import type { Diagnostic } from '../../base/diagnostic.ts'
import { describePath } from '../document/describe-path.ts'
import { itemsOf } from '../document/node.ts'
import type { Mismatch } from './mismatch.ts'

/** Says that an entry is listed twice in a list of which equal entries are one. */
export function describeRepeat({ node, path, error: { params } }: Mismatch): Diagnostic {
  const [first = 0, second = 0] = [Number(params['i']), Number(params['j'])].sort((a, b) => a - b)
  const later = itemsOf(node)[second]
  const earlier = itemsOf(node)[first]
  const text = later?.kind === 'scalar' ? `"${later.value}"` : 'An entry'
  return {
    severity: 'warning',
    code: 'bad-value',
    message: `${text} is listed twice in ${describePath(path)}`,
    span: later?.span ?? node.span,
    ...(earlier === undefined
      ? {}
      : { related: [{ message: 'it is first listed here', span: earlier.span }] }),
  }
}
