import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('command', s => s.command, [
  { yaml: 'command:', value: undefined },
  { yaml: 'command: sleep 5', value: ['sleep', '5'] },
  { yaml: 'command: sh -c "a  b"', value: ['sh', '-c', 'a  b'] },
  { yaml: 'command: sh -c \'a "b"\'', value: ['sh', '-c', 'a "b"'] },
  { yaml: 'command: a\\ b c', value: ['a b', 'c'] },
  { yaml: 'command: ""', value: [] },
  { yaml: 'command: []', value: [] },
  { yaml: 'command: [sh, -c, "a b"]', value: ['sh', '-c', 'a b'] },
  { yaml: 'command: [""]', value: [''] },
  { yaml: 'command: echo $$HOME', value: ['echo', '$HOME'] },
  { yaml: 'command: echo ${WORD:-a b}', value: ['echo', 'a', 'b'] },
  { yaml: 'user: "1"', value: undefined },
])

testRefused('command', ['command: 5', 'command: {a: b}', "command: a 'b", 'command: [5]'])
