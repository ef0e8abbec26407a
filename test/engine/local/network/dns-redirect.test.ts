import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { dnsRedirect } from '../../../../src/engine/local/network/dns-redirect.ts'
import { EMBEDDED_DNS, EMBEDDED_DNS_PORT } from '../../../../src/engine/local/network/held-sockets.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { createNetns, withNetns } from '../../../../src/linux/netns.ts'
import { changeLink } from '../../../../src/linux/rtnetlink/link.ts'
import { createNetworkSandbox } from '../../../support/network-sandbox.ts'

/** Serves as the embedded server and as one of the container, asks both, and prints what each was told by whom. */
const PROGRAM = `
const dgram = require('dgram'), net = require('net'), { once } = require('events')
const [server, port] = process.argv.slice(1)
async function serve(name, at, address) {
  const udp = dgram.createSocket('udp4')
  udp.on('message', (text, from) => udp.send(name + ' ' + text, from.port, from.address))
  udp.bind(at, address)
  await once(udp, 'listening')
  await once(net.createServer(client => client.once('data', text => client.end(name + ' ' + text))).listen(at, address), 'listening')
}
async function ask(address, isConnected) {
  const udp = dgram.createSocket('udp4')
  if (isConnected) { udp.connect(53, address); await once(udp, 'connect'); udp.send('udp') }
  else udp.send('udp', 53, address)
  const [reply, from] = await once(udp, 'message')
  udp.close()
  const tcp = net.connect(53, address)
  tcp.write('tcp')
  let text = ''
  for await (const chunk of tcp) text += chunk
  return [String(reply), from.address + ':' + from.port, text]
}
(async () => {
  await serve('embedded', Number(port), server)
  await serve('own', 53, '0.0.0.0')
  const told = [await ask(server, true), await ask(server, false), await ask('127.0.0.1', true)]
  process.stdout.write(JSON.stringify(told), () => process.exit(0))
})()
`

test('dnsRedirect() leads to the embedded server beside a program that has port 53 of every address', () => {
  using sandbox = createNetworkSandbox()
  const netns = sandbox.container('web')
  createNetns(netns, () => {
    using socket = openNetlink('route')
    socket.send([changeLink('lo', { up: true })])
  })
  withNetns(netns, () => {
    using socket = openNetlink('netfilter')
    socket.send(dnsRedirect())
  })
  const { stdout, stderr } = spawnSync(
    'nsenter',
    [`--net=${netns}`, process.execPath, '-e', PROGRAM, EMBEDDED_DNS, String(EMBEDDED_DNS_PORT)],
    { encoding: 'utf8', timeout: 20_000 },
  )
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual([
    ['embedded udp', '127.0.0.11:53', 'embedded tcp'],
    ['embedded udp', '127.0.0.11:53', 'embedded tcp'],
    ['own udp', '127.0.0.1:53', 'own tcp'],
  ])
})
