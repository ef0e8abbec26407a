import type { AiModel, ModelUse } from '../../model/ai-model.ts'
import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { entriesAt, numberAt, textAt } from '../rules/rule-context.ts'
import { listAtKey } from './read-values.ts'

/** Reads a model of the top level. */
export function readModel(key: string, map: MapNode): AiModel {
  const contextSize = numberAt(map, 'context_size')
  const name = textAt(map, 'name')
  return {
    key,
    ...(name && { name }),
    reference: textAt(map, 'model') ?? '',
    ...(contextSize && { contextSize }),
    runtimeFlags: listAtKey(map, 'runtime_flags') ?? [],
  }
}

/** Reads which models a service uses; its variables are named after a model unless it names them. */
export function readModelUses(service: MapNode): Pick<Service, 'models'> {
  const models = [...entriesAt(service, 'models')].map(([model, { value }]): ModelUse => {
    const prefix = model.toUpperCase().replaceAll('-', '_')
    const named = (key: string): string | undefined => (value.kind === 'map' ? textAt(value, key) : undefined)
    return {
      model,
      endpointVariable: named('endpoint_var') || `${prefix}_URL`,
      nameVariable: named('model_var') || `${prefix}_MODEL`,
    }
  })
  return models.length > 0 ? { models } : {}
}
