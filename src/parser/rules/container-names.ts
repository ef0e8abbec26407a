import { stringOf } from '../document/node.ts'
import { eachService, errorAt, type Rule, valueAt } from './rule-context.ts'

/** A container's name is one that dockerd takes: it becomes part of paths and host names. */
export const checkContainerNames: Rule = input =>
  eachService(input, (service, name) => {
    const node = valueAt(service, 'container_name')
    const text = stringOf(node)
    if (node === undefined || text === undefined || CONTAINER_NAME.test(text)) return []
    const message = `Cannot name the container of service "${name}" "${text}": expected two or more of letters, digits, "_", "." and "-", starting with a letter or digit`
    return [errorAt(node, 'bad-value', { message })]
  })

const CONTAINER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/
