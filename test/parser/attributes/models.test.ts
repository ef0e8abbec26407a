import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('models', [
  { yaml: 'models: [m]', value: { m: null }, rest: 'models: {m: {model: a/b}}\n' },
  {
    yaml: 'models: {m: {endpoint_var: U, model_var: N}}',
    value: { m: { endpoint_var: 'U', model_var: 'N' } },
    rest: 'models: {m: {model: a/b}}\n',
  },
  { yaml: 'models: {m: }', value: { m: null }, rest: 'models: {m: {model: a/b}}\n' },
])

testRefused('models', ['models: m', 'models: [gone]'])
