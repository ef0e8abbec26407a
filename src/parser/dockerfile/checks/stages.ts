import type { FromInstruction, Instruction } from '../../../model/dockerfile.ts'
import { RESERVED_STAGE_NAMES } from '../../../model/dockerfile-names.ts'
import type { Check } from './check.ts'

/** No stage is called `context` or `scratch`. */
export const reservedStageName: Check = {
  name: 'ReservedStageName',
  find: ({ stages }) =>
    stages.flatMap(({ from: { name } }) => {
      if (name === undefined || !RESERVED_STAGE_NAMES.has(name.text.toLowerCase())) return []
      return [{ message: `"${name.text}" is reserved`, span: name.span, hint: 'give the stage another name' }]
    }),
}

/** No two stages have one name: FROM takes the nearest above it, `--from` and the target the last of the file. */
export const duplicateStageName: Check = {
  name: 'DuplicateStageName',
  find: ({ stages }) => {
    const names = stages.flatMap(({ from: { name } }) => name ?? [])
    return names.flatMap((name, index) => {
      const earlier = names.findIndex(({ text }) => text.toLowerCase() === name.text.toLowerCase())
      const first = names[earlier]
      if (first === undefined || earlier === index) return []
      const message = `a stage above is called "${first.text}" too`
      const related = [{ message: `"${first.text}" is defined here`, span: first.span }]
      return [{ message, span: name.span, hint: 'give the stage another name', related }]
    })
  },
}

/** A comment right above FROM or ARG begins with the name that it describes. */
export const invalidDefinitionDescription: Check = {
  name: 'InvalidDefinitionDescription',
  isExperimental: true,
  find: ({ layout }) =>
    layout.flatMap(({ instruction, keyword: { span, text }, comments }) => {
      const names = definedNames(instruction)
      const comment = comments.at(-1)
      const [first] = names
      if (first === undefined || comment === undefined || names.includes(comment.split(' ')[0] ?? ''))
        return []
      const example = names.length > 1 ? 'NAME' : first
      const message = `the comment above ${text.toUpperCase()} does not begin with the name that is defined`
      return [{ message, span, hint: `write "# ${example} DESCRIPTION", or an empty line below the comment` }]
    }),
}

function definedNames(instruction: FromInstruction | Instruction): readonly string[] {
  if (instruction.kind === 'arg') return instruction.args.map(({ name }) => name)
  const name = instruction.kind === 'from' ? instruction.name : undefined
  return name === undefined ? [] : [name.text.toLowerCase()]
}
