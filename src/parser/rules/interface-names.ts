import type { Diagnostic } from '../../base/diagnostic.ts'
import { isInterfaceName, RESERVED_NAMES } from '../../base/is-interface-name.ts'
import { type MapNode, type Node, nodeAt, stringOf } from '../document/node.ts'
import { ENDPOINT_OPTIONS } from '../project/endpoint-options.ts'
import { eachService, entriesAt, errorAt, type Rule } from './rule-context.ts'

/** Names that the file gives interfaces of a container are names, and no two are the same. */
export const checkInterfaceNames: Rule = input =>
  eachService(input, service => {
    const all = interfaceNames(service)
    return [...all.flatMap(unfit), ...all.flatMap((name, index) => twice(name, all.slice(0, index)))]
  })

interface WrittenName {
  readonly at: Node
  readonly text: string
}

/** `interface_name` counts before the option of Docker. */
function interfaceNames(service: MapNode): readonly WrittenName[] {
  return [...entriesAt(service, 'networks').values()].flatMap(({ value }) => {
    const at =
      nodeAt(value, ['interface_name']) ?? nodeAt(value, ['driver_opts', ENDPOINT_OPTIONS.interfaceName])
    const text = stringOf(at)
    return at === undefined || text === undefined ? [] : [{ at, text }]
  })
}

function unfit({ at, text }: WrittenName): readonly Diagnostic[] {
  if (text === 'lo') {
    const message = 'Cannot use "lo" for an interface: that of loopback has this name'
    return [errorAt(at, 'bad-value', { message })]
  }
  if (isInterfaceName(text)) return []
  if (RESERVED_NAMES.has(text)) {
    const message = `Cannot use "${text}" for an interface: the kernel keeps this name for itself`
    return [errorAt(at, 'bad-value', { message })]
  }
  const message = `Cannot use "${text}" for an interface: expected 1 to 15 bytes without blanks, ":", "/" and "%"`
  return [errorAt(at, 'bad-value', { message })]
}

function twice({ at, text }: WrittenName, earlier: readonly WrittenName[]): readonly Diagnostic[] {
  const other = earlier.find(name => name.text === text)
  if (other === undefined) return []
  return [
    errorAt(at, 'conflicting-keys', {
      message: `Two interfaces of a container are called "${text}", expected one`,
      related: [{ message: 'the other is here', span: other.at.span }],
    }),
  ]
}
