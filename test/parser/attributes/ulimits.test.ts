import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('ulimits', s => s.ulimits, [
  { yaml: 'ulimits: {nofile: 100}', value: new Map([['nofile', { soft: 100, hard: 100 }]]) },
  { yaml: 'ulimits: {nofile: "100"}', value: new Map([['nofile', { soft: 100, hard: 100 }]]) },
  { yaml: 'ulimits: {nofile: {soft: 1, hard: 2}}', value: new Map([['nofile', { soft: 1, hard: 2 }]]) },
  { yaml: 'ulimits: {core: {soft: "0", hard: "-1"}}', value: new Map([['core', { soft: 0, hard: -1 }]]) },
  { yaml: 'ulimits: {}', value: new Map() },
])

testRefused('ulimits', [
  'ulimits: 1',
  'ulimits: {nofile: a}',
  'ulimits: {nofile: {soft: 1}}',
  'ulimits: {nofile: {soft: 2, hard: 1}}',
  'ulimits: {NOFILE: 1}',
])
