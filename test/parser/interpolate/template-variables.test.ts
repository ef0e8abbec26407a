import { expect, test } from 'vitest'
import { templateVariables } from '../../../src/parser/interpolate/template-variables.ts'
import { loadMemoryDocument, webFile } from '../../support/memory-project.ts'

function variablesOf(image: string) {
  const { value } = loadMemoryDocument({
    files: { 'compose.yaml': webFile(`image: "${image}"`) },
    request: { leaveOut: ['interpolation', 'environment'] },
  })
  if (value === undefined) throw new Error(`Cannot load image "${image}"`)
  return templateVariables(value.document).map(({ name, required, defaultValue, presenceValue }) => [
    name,
    required,
    defaultValue,
    presenceValue,
  ])
}

const cases: readonly { readonly image: string; readonly variables: readonly unknown[] }[] = [
  { image: 'plain$$NOT', variables: [] },
  { image: '$TAG', variables: [['TAG', false, '', '']] },
  { image: `\${TAG:-v1}`, variables: [['TAG', false, 'v1', '']] },
  { image: `\${TAG+v2}`, variables: [['TAG', false, '', 'v2']] },
  { image: `\${TAG?say}`, variables: [['TAG', true, '', '']] },
  {
    image: `\${A:-\${B:-c}}:$C`,
    variables: [
      ['A', false, `\${B:-c}`, ''],
      ['B', false, 'c', ''],
      ['C', false, '', ''],
    ],
  },
  { image: `\${TAG:?}\${TAG:-v1}`, variables: [['TAG', true, 'v1', '']] },
]

for (const { image, variables } of cases) {
  test(`templateVariables() finds the variables of ${image}`, () => {
    expect(variablesOf(image)).toEqual(variables)
  })
}
