import { testAttribute, testRefused } from '../../support/test-attribute.ts'

const FILES = { 'a.env': 'A=1\nB=2\n', 'b.env': '# later\nexport B=3\n', 'raw.env': 'A="$X" # b\n' }

testAttribute('env_file', s => s.environment, [
  {
    yaml: 'env_file: a.env',
    value: new Map([
      ['A', '1'],
      ['B', '2'],
    ]),
    files: FILES,
  },
  {
    yaml: 'env_file: [a.env, b.env]',
    value: new Map([
      ['A', '1'],
      ['B', '3'],
    ]),
    files: FILES,
  },
  {
    yaml: 'env_file: [{path: a.env}]',
    value: new Map([
      ['A', '1'],
      ['B', '2'],
    ]),
    files: FILES,
  },
  {
    yaml: 'env_file: [{path: gone.env, required: false}, b.env]',
    value: new Map([['B', '3']]),
    files: FILES,
  },
  { yaml: 'env_file: [{path: raw.env, format: raw}]', value: new Map([['A', '"$X" # b']]), files: FILES },
  {
    yaml: 'env_file: a.env\nenvironment: {A: ""}',
    value: new Map([
      ['A', ''],
      ['B', '2'],
    ]),
    files: FILES,
  },
  { yaml: 'env_file: []', value: new Map() },
])

testRefused('env_file', [
  'env_file: gone.env',
  'env_file: [{required: true}]',
  'env_file: [{path: compose.yaml, format: toml}]',
  'env_file: 1',
])
