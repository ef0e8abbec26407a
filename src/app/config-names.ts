import { nodeAt, stringOf } from '../parser/document/node.ts'
import type { ComposeDocument } from '../parser/load-compose-document.ts'
import { entriesAt } from '../parser/rules/rule-context.ts'
import { profilesOf } from '../parser/selection/select-services.ts'
import type { ConfigNames } from './config-view.ts'

/** Returns the names of one kind that `source` holds, sorted, each once. */
export function namesIn(source: ComposeDocument, kind: ConfigNames): readonly string[] {
  return [...new Set(allNames(source, kind))].sort()
}

function allNames(source: ComposeDocument, kind: ConfigNames): readonly string[] {
  switch (kind) {
    case 'services':
      return [...source.services.keys()]
    case 'profiles':
      return [...[...source.services.values()].flatMap(profilesOf), ...[...source.inactive.values()].flat()]
    case 'images':
      return [...source.services].map(
        ([name, service]) => stringOf(nodeAt(service, ['image'])) ?? `${source.name}-${name}`,
      )
    case 'models':
      return [...entriesAt(source.document, kind)].map(
        ([key, { value }]) => stringOf(nodeAt(value, ['model'])) ?? key,
      )
    case 'volumes':
    case 'networks':
      return [...entriesAt(source.document, kind).keys()]
  }
}
