import { expect, test } from 'vitest'
import { psFormat } from '../../../src/cli/options/ps-format.ts'

const NAMES = { kind: 'template', template: '{{.Name}}', isTable: true }
const files = new Map([
  ['/docker/config.json', '{"psFormat": "table {{.Name}}"}'],
  ['/home/me/.docker/config.json', '{"psFormat": "json"}'],
  ['/plain/config.json', '{"auths": {}}'],
  ['/broken/config.json', '{'],
])
const table = [
  { what: 'in DOCKER_CONFIG', variables: { DOCKER_CONFIG: '/docker', HOME: '/home/me' }, format: NAMES },
  { what: 'in the home folder', variables: { HOME: '/home/me' }, format: { kind: 'json' } },
  { what: 'without psFormat', variables: { DOCKER_CONFIG: '/plain' }, format: undefined },
  { what: 'that is no JSON', variables: { DOCKER_CONFIG: '/broken' }, format: undefined },
  { what: 'that nobody has', variables: {}, format: undefined },
]
for (const { what, variables, format } of table) {
  test(`psFormat() follows the settings ${what}`, () => {
    const environment = new Map(Object.entries(variables))
    expect(psFormat({ environment, readSource: path => files.get(path) })).toEqual(format)
  })
}
