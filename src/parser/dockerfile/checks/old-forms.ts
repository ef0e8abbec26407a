import type { Check } from './check.ts'

/** Between the lines of an instruction is no empty one. */
export const noEmptyContinuation: Check = {
  name: 'NoEmptyContinuation',
  find: ({ layout }) =>
    layout.flatMap(({ emptyLines: [span] }) =>
      span === undefined
        ? []
        : [{ message: 'an empty line is within an instruction', span, hint: 'remove it' }],
    ),
}

/** MAINTAINER is a label. */
export const maintainerDeprecated: Check = {
  name: 'MaintainerDeprecated',
  find: ({ layout }) =>
    layout.flatMap(({ instruction, keyword: { span } }) => {
      if (instruction.kind !== 'maintainer') return []
      const hint = 'write LABEL org.opencontainers.image.authors=...'
      return [{ message: 'MAINTAINER is deprecated', span, hint }]
    }),
}

/** ENV and LABEL have `=` between name and value. */
export const legacyKeyValueFormat: Check = {
  name: 'LegacyKeyValueFormat',
  find: ({ layout }) =>
    layout.flatMap(({ instruction, keyword }) => {
      if (instruction.kind !== 'env' && instruction.kind !== 'label') return []
      const old = instruction.entries.find(({ isOldForm }) => isOldForm)
      if (old === undefined) return []
      const message = `a blank is between name and value of ${keyword.text.toUpperCase()}`
      return [{ message, span: old.name.span, hint: `write ${old.name.text}=VALUE` }]
    }),
}
