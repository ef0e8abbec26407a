import { expect, test } from 'vitest'
import { literalValues, literalVariables } from '../../../src/parser/publish/literal-values.ts'

const TEXT = `services:
  web:
    image: nginx:\${TAG}
    environment: [A=1, "B=\${B}", C, D=]
  db:
    environment: { PASSWORD: secret, PORT: 5432 }
`

test('literalVariables() returns those with a value that no variable makes', () => {
  expect(literalVariables('compose.yaml', TEXT)).toEqual([
    { service: 'web', name: 'A', value: '1' },
    { service: 'db', name: 'PASSWORD', value: 'secret' },
    { service: 'db', name: 'PORT', value: '5432' },
  ])
})

test('literalValues() returns single values with their paths in long form', () => {
  const values = Object.fromEntries(literalValues('compose.yaml', TEXT).map(({ path, text }) => [path, text]))
  expect(values).toMatchObject({
    'services.web.image': 'nginx:${TAG}',
    'services.web.environment.A': '1',
    'services.db.environment.PASSWORD': 'secret',
  })
})
