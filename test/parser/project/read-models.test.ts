import { expect, test } from 'vitest'
import { loadMemory } from '../../support/memory-project.ts'

const FILE = `services:
  short:
    image: alpine
    models: [my-llm]
  long:
    image: alpine
    models:
      my-llm: {endpoint_var: LLM, model_var: NAME}
      other: {}
models:
  my-llm: {model: ai/llm, context_size: 1024, runtime_flags: [--fast]}
  other: {model: ai/other}
`

test('readModels() reads models, and variables that services have by default or by name', () => {
  const { value: project, diagnostics } = loadMemory({ files: { 'compose.yaml': FILE } })
  expect(diagnostics).toEqual([])
  expect(project?.models).toEqual(
    new Map([
      ['my-llm', { key: 'my-llm', reference: 'ai/llm', contextSize: 1024, runtimeFlags: ['--fast'] }],
      ['other', { key: 'other', reference: 'ai/other', runtimeFlags: [] }],
    ]),
  )
  expect(project?.services.get('short')?.models).toEqual([
    { model: 'my-llm', endpointVariable: 'MY_LLM_URL', nameVariable: 'MY_LLM_MODEL' },
  ])
  expect(project?.services.get('long')?.models).toEqual([
    { model: 'my-llm', endpointVariable: 'LLM', nameVariable: 'NAME' },
    { model: 'other', endpointVariable: 'OTHER_URL', nameVariable: 'OTHER_MODEL' },
  ])
})
