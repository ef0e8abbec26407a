import { eachService, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** The group above that of a container is named by a path that leads downwards. */
export const checkCgroupParents: Rule = input =>
  eachService(input, (service, name) => {
    const node = valueAt(service, 'cgroup_parent')
    const path = textAt(service, 'cgroup_parent') ?? ''
    if (node === undefined || !path.split('/').includes('..')) return []
    const message = `Cannot use control group "${path}" above service "${name}": expected a path without ".."`
    return [errorAt(node, 'bad-value', { message, hint: 'A path starts at the root of the control groups' })]
  })
