import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('extends', s => ({ image: s.image, tty: s.tty, environment: s.environment }), [
  {
    yaml: 'image: x\nextends: base',
    value: { image: 'x', tty: true, environment: new Map([['A', '1']]) },
    rest: '  base: {image: b, tty: true, environment: {A: "1"}}\n',
  },
  {
    yaml: 'image: x\nextends: {service: base}',
    value: { image: 'x', tty: true, environment: new Map([['A', '1']]) },
    rest: '  base: {image: b, tty: true, environment: {A: "1"}}\n',
  },
  {
    yaml: 'image: x\nextends: {service: other, file: other.yaml}',
    value: { image: 'x', tty: true, environment: new Map() },
    files: { 'other.yaml': 'services: {other: {image: o, tty: true}}\n' },
  },
  {
    yaml: 'image: x\nextends: {service: base}\nenvironment: {B: "2"}',
    value: {
      image: 'x',
      tty: true,
      environment: new Map([
        ['A', '1'],
        ['B', '2'],
      ]),
    },
    rest: '  base: {image: b, tty: true, environment: {A: "1"}}\n',
  },
])

testRefused('extends', [
  'extends: gone',
  'extends: {file: gone.yaml, service: a}',
  'extends: {}',
  'extends: 1',
  'extends: web',
])
