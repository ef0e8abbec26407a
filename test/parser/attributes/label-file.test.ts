import { testAttribute, testRefused } from '../../support/test-attribute.ts'

const FILES = { 'a.labels': 'a=1\nb=2\n', 'b.labels': 'b=3\n' }

testAttribute('label_file', s => s.labels, [
  {
    yaml: 'label_file: a.labels',
    value: new Map([
      ['a', '1'],
      ['b', '2'],
    ]),
    files: FILES,
  },
  {
    yaml: 'label_file: [a.labels, b.labels]',
    value: new Map([
      ['a', '1'],
      ['b', '3'],
    ]),
    files: FILES,
  },
  {
    yaml: 'label_file: a.labels\nlabels: {a: x}',
    value: new Map([
      ['a', 'x'],
      ['b', '2'],
    ]),
    files: FILES,
  },
])

testRefused('label_file', ['label_file: gone', 'label_file: 1'])
