import { parseVolumesFrom } from '../../model/volumes-from.ts'
import { itemsOf, stringOf } from '../document/node.ts'
import { eachService, errorAt, type Rule, valueAt } from './rule-context.ts'

/** Volumes come from a service or a container, and are read-only or writable. */
export const checkVolumesFrom: Rule = input =>
  eachService(input, (service, name) =>
    itemsOf(valueAt(service, 'volumes_from')).flatMap(item => {
      const text = stringOf(item)
      if (text === undefined || parseVolumesFrom(text) !== undefined) return []
      const message = `Cannot use volumes from "${text}" in service "${name}": expected a service or "container:NAME"`
      const hint = 'Write "NAME:ro" for volumes that are read-only'
      return [errorAt(item, 'bad-value', { message, hint })]
    }),
  )
