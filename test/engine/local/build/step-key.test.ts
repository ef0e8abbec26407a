import { expect, test } from 'vitest'
import { stepKey } from '../../../../src/engine/local/build/step-key.ts'
import { aCopyStep, aRunStep } from '../../../support/build-steps.ts'

const SETTINGS = { extraHosts: [], shmSize: undefined, ulimits: new Map() }
const RUN = { step: aRunStep(), parent: 'p', contents: ['c'], settings: SETTINGS }
const COPY = { ...RUN, step: aCopyStep() }
const HOSTS = { ...SETTINGS, extraHosts: [{ host: 'db', address: '10.0.0.1' }] }

const DIFFERENT = [
  { name: 'the result that it starts from', inputs: { ...RUN, parent: 'q' } },
  { name: 'the files that it reads', inputs: { ...RUN, contents: ['d'] } },
  { name: 'its environment', inputs: { ...RUN, step: aRunStep({ environment: ['A=1'] }) } },
  { name: 'its user', inputs: { ...RUN, step: aRunStep({ user: 'app' }) } },
  { name: 'the hosts that a command knows', inputs: { ...RUN, settings: HOSTS } },
]

for (const { name, inputs } of DIFFERENT) {
  test(`stepKey() depends on ${name}`, () => {
    expect(stepKey(inputs)).not.toBe(stepKey(RUN))
  })
}

const EQUAL = [
  {
    name: 'the id and the place of the step',
    inputs: { ...RUN, step: aRunStep({}, { id: 7, position: 3, stage: 'b', text: 'RUN  true' }) },
  },
  { name: 'proxies', inputs: { ...RUN, step: aRunStep({ uncachedEnvironment: ['HTTP_PROXY=http://p'] }) } },
]

for (const { name, inputs } of EQUAL) {
  test(`stepKey() does not depend on ${name}`, () => {
    expect(stepKey(inputs)).toBe(stepKey(RUN))
  })
}

test('stepKey() of COPY does not depend on what commands are run with', () => {
  expect(stepKey({ ...COPY, settings: HOSTS })).toBe(stepKey(COPY))
})

test('stepKey() is 64 hex digits', () => {
  expect(stepKey(RUN)).toMatch(/^[0-9a-f]{64}$/)
})
