import type { Diagnostic } from '../../base/diagnostic.ts'
import { forbiddenTarget } from '../../model/mount-target.ts'
import { itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import { FILE_SECTIONS, fileTarget } from '../project/read-service-files.ts'
import { eachService, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** What a service gets of secrets and configs names one, goes where a file may be, and belongs to numbers. */
export const checkServiceFiles: Rule = input =>
  eachService(input, (service, name) =>
    FILE_SECTIONS.flatMap(({ key, kind }) =>
      itemsOf(valueAt(service, key)).flatMap(grant => {
        if (grant.kind !== 'map') return []
        const source = textAt(grant, 'source') ?? ''
        if (source === '') {
          const message = `A ${kind} of service "${name}" has no "source"`
          return [errorAt(grant, 'missing-key', { message, hint: `Add the name of a ${kind}` })]
        }
        return [...checkTarget(grant, { kind, name }), ...checkOwners(grant)]
      }),
    ),
  )

function checkTarget(
  grant: MapNode,
  { kind, name }: { readonly kind: 'secret' | 'config'; readonly name: string },
): readonly Diagnostic[] {
  const node = valueAt(grant, 'target')
  const text = stringOf(node)
  if (node === undefined || text === undefined) return []
  const problem = targetProblem(kind, text)
  if (problem === undefined) return []
  const message = `Cannot mount ${kind} "${textAt(grant, 'source')}" at "${text}" in service "${name}": ${problem}`
  return [errorAt(node, 'bad-value', { message, hint: 'Choose another target' })]
}

function targetProblem(kind: 'secret' | 'config', text: string): string | undefined {
  if (text.includes('\0')) return 'it holds a NUL byte'
  if (text === '' || text.endsWith('/')) return 'expected the path of a file'
  const climbs = !text.startsWith('/') && text.split('/').includes('..')
  return climbs ? 'a relative target may not climb with ".."' : forbiddenTarget(fileTarget(kind, text))
}

/** Reports owners of a granted file that are no numbers. */
export function checkOwners(grant: MapNode): readonly Diagnostic[] {
  return ['uid', 'gid'].flatMap(key => {
    const node = valueAt(grant, key)
    return node === undefined || isId(node) ? [] : [notANumber(node, key)]
  })
}

/** The kernel keeps 2^32 - 1 for "none". */
const LARGEST_ID = 2 ** 32 - 2

function isId(node: Node): boolean {
  const text = stringOf(node)
  return text === undefined || (/^\d{1,10}$/.test(text) && Number(text) <= LARGEST_ID)
}

function notANumber(node: Node, key: string): Diagnostic {
  const message = `Cannot use ${key} "${stringOf(node)}": expected a number from 0 to ${LARGEST_ID}`
  const hint = 'A container need not know the names of its host: write the number, as "id -u NAME" shows it'
  return errorAt(node, 'bad-value', { message, hint })
}
