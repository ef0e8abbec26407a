import { didYouMean } from '../../../base/did-you-mean.ts'
import type { Dockerfile, EscapeCharacter, Word } from '../../../model/dockerfile.ts'
import { PLATFORM_ARGUMENTS } from '../../../model/dockerfile-names.ts'
import { wholeImageName } from '../../../model/image-name.ts'
import type { Check } from './check.ts'
import { expandDefaults } from './expand-defaults.ts'
import { globalNames } from './global-variables.ts'
import { variablesIn } from './variables-in.ts'

/** FROM uses arguments that are declared above it. */
export const undefinedArgInFrom: Check = {
  name: 'UndefinedArgInFrom',
  find: dockerfile => {
    const known = globalNames(dockerfile)
    const words = dockerfile.stages.flatMap(({ from: { image, platform } }) => [platform ?? [], image].flat())
    return words.flatMap(word => {
      const unknown = namesOf(word, dockerfile.escape).filter(name => !known.includes(name))
      return unknown.map(name => ({
        message: `argument "${name}" is not declared above the first FROM`,
        span: word.span,
        hint: didYouMean(name, known),
      }))
    })
  },
}

function namesOf({ text }: Word, escapeCharacter: EscapeCharacter): readonly string[] {
  const used = variablesIn(text, { escape: escapeCharacter, hasQuotes: true })
  return used.filter(({ hasDefault }) => !hasDefault).map(({ name }) => name)
}

/** The image of FROM is a name even if no argument is given. */
export const invalidDefaultArgInFrom: Check = {
  name: 'InvalidDefaultArgInFrom',
  find: dockerfile => {
    const defaults = defaultsOf(dockerfile)
    return dockerfile.stages.flatMap(({ from: { image } }) => {
      const used = variablesIn(image.text, { escape: dockerfile.escape, hasQuotes: true })
      if (used.length === 0 || used.some(({ name }) => PLATFORM_ARGUMENTS.includes(name))) return []
      const name = expandDefaults(image.text, defaults)
      if (name === undefined || wholeImageName(name) !== undefined) return []
      const message = `without arguments "${image.text}" is "${name}", which is no name of an image`
      return [{ message, span: image.span, hint: 'give the argument a default: ARG NAME=VALUE' }]
    })
  },
}

/** A default may use the arguments above it. */
function defaultsOf({ globalArgs }: Dockerfile): ReadonlyMap<string, string> {
  const defaults = new Map<string, string>()
  for (const { name, value } of globalArgs.flatMap(({ args }) => args)) {
    const expanded = value === undefined ? undefined : expandDefaults(value.text, defaults)
    if (expanded !== undefined) defaults.set(name, expanded)
  }
  return defaults
}
