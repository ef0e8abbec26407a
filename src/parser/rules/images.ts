import { nearest } from '../../base/nearest.ts'
import type { MapNode } from '../document/node.ts'
import { eachService, entriesAt, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** Every service says what it runs. */
export const checkImages: Rule = input =>
  eachService(input, (service, name) => {
    const build = entriesAt(service, 'build')
    const inline = build.get('dockerfile_inline')
    if (build.has('dockerfile') && inline !== undefined) {
      return [
        errorAt({ span: inline.keySpan }, 'conflicting-keys', {
          message: `Service "${name}" has both "dockerfile" and "dockerfile_inline", expected one`,
        }),
      ]
    }
    // What is left of `extends` here names no service, which has a diagnostic of its own.
    if (['build', 'provider', 'extends'].some(key => service.entries.has(key))) return []
    const image = valueAt(service, 'image')
    if (image !== undefined && textAt(service, 'image') === '') {
      return [
        errorAt(image, 'bad-value', { message: `Cannot use "image" of service "${name}": it is empty` }),
      ]
    }
    if (image !== undefined || hasMisspeltImage(service)) return []
    const span = input.document.entries.get('services')?.value
    const key = span?.kind === 'map' ? span.entries.get(name)?.keySpan : undefined
    return [
      errorAt({ span: key ?? service.span }, 'missing-key', {
        message: `Service "${name}" has neither an image nor a build context specified`,
        hint: 'Add "image:" with the image to run, or "build:"',
      }),
    ]
  })

/** The schema check has reported the key; the missing image is its consequence. */
function hasMisspeltImage(service: MapNode): boolean {
  return [...service.entries.keys()].some(key => nearest(key, ['image', 'build']).length > 0)
}
