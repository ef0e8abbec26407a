import { expect, test } from 'vitest'
import { protocolProblems } from '../../../../src/engine/local/network/protocol-problems.ts'
import { serviceOf } from '../../../support/memory-project.ts'

const web = serviceOf('ports: ["80:80", "3868:3868/sctp", "53:53/udp"]')

test('protocolProblems() names each port of SCTP on a kernel without it', () => {
  expect(protocolProblems(web, () => false)).toMatchObject([
    {
      code: 'network',
      message: 'Cannot publish port 3868/sctp of service "web": this kernel has no SCTP',
      hint: expect.stringContaining('modprobe sctp'),
      origin: 'services.web.ports.1',
    },
  ])
})

test('protocolProblems() finds nothing where the kernel has it', () => {
  expect(protocolProblems(web, () => true)).toEqual([])
})
