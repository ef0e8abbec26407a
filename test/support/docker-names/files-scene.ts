/** A project whose containers differ in what /etc/hosts, /etc/hostname and /etc/resolv.conf say. `IMAGE` as in the other. */
export const FILES_SCENE = `
name: etcetera
x-idle: &idle
  image: IMAGE
  init: true
  command: [sleep, "100000"]
  stop_signal: SIGKILL
services:
  plain: { <<: *idle }
  hostname: { <<: *idle, hostname: single }
  dotted: { <<: *idle, hostname: node.cluster.local }
  upper: { <<: *idle, hostname: Node-One }
  domain: { <<: *idle, domainname: example.test }
  both-names: { <<: *idle, hostname: half, domainname: example.test }
  dotted-domain: { <<: *idle, hostname: a.b, domainname: example.test }
  named: { <<: *idle, container_name: etcetera-by-name }
  fixed: { <<: *idle, networks: { front: { ipv4_address: 10.231.2.77 } } }
  two-networks: { <<: *idle, networks: [front, back] }
  two-by-priority: { <<: *idle, hostname: two.example.test, networks: { front: {}, back: { priority: 100 } } }
  default-and-other: { <<: *idle, networks: { default: {}, front: { aliases: [other] } } }
  extra: { <<: *idle, extra_hosts: ["one.test:192.0.2.1", "two.test=192.0.2.2"] }
  extra-map: { <<: *idle, extra_hosts: { b.test: 192.0.2.2, a.test: 192.0.2.1 } }
  extra-same: { <<: *idle, extra_hosts: ["one.test:192.0.2.1", "one.test:192.0.2.2"] }
  extra-six: { <<: *idle, extra_hosts: ["six.test=[2001:db8::1]", "seven.test:2001:db8::7"] }
  extra-gateway: { <<: *idle, extra_hosts: ["host.docker.internal:host-gateway"] }
  extra-gateway-fixed: { <<: *idle, networks: [front], extra_hosts: ["up.test:host-gateway", "x.test:192.0.2.1"] }
  extra-self: { <<: *idle, hostname: me, extra_hosts: ["me:192.0.2.1", "localhost:192.0.2.9"] }
  internal: { <<: *idle, networks: [back] }
  internal-gateway: { <<: *idle, networks: [back], extra_hosts: ["up.test:host-gateway"] }
  none: { <<: *idle, network_mode: none }
  none-named: { <<: *idle, network_mode: none, hostname: alone.test, extra_hosts: ["one.test:192.0.2.1"] }
  none-resolver: { <<: *idle, network_mode: none, dns: 192.0.2.53, dns_search: example.test }
  host: { <<: *idle, network_mode: host }
  host-extra: { <<: *idle, network_mode: host, extra_hosts: ["one.test:192.0.2.1", "up.test:host-gateway"] }
  host-named: { <<: *idle, network_mode: host, hostname: other.test }
  host-resolver: { <<: *idle, network_mode: host, dns: [192.0.2.53, 192.0.2.54], dns_search: [one.test, two.test], dns_opt: ["ndots:3"] }
  joins: { <<: *idle, network_mode: "service:dotted" }
  uts: { <<: *idle, uts: host }
  no-six: { <<: *idle, sysctls: { net.ipv6.conf.all.disable_ipv6: 1 } }
  no-six-loopback: { <<: *idle, sysctls: { net.ipv6.conf.lo.disable_ipv6: 1 } }
  resolver: { <<: *idle, dns: 192.0.2.53 }
  resolvers: { <<: *idle, dns: [192.0.2.53, 192.0.2.54, 192.0.2.55, 192.0.2.56] }
  search: { <<: *idle, dns_search: [one.test, two.test] }
  search-none: { <<: *idle, dns_search: . }
  options: { <<: *idle, dns_opt: ["timeout:3", "use-vc"] }
  options-ndots: { <<: *idle, dns_opt: ["ndots:2", "edns0"] }
  all-of-dns: { <<: *idle, dns: 192.0.2.53, dns_search: one.test, dns_opt: ["rotate"] }
  read-only: { <<: *idle, read_only: true, hostname: locked }
networks:
  front: { ipam: { config: [{ subnet: 10.231.2.0/24, gateway: 10.231.2.1 }] } }
  back: { internal: true, ipam: { config: [{ subnet: 10.231.3.0/24 }] } }
`

/** A project with IPv6. */
export const IPV6_SCENE = `
name: sixes
x-idle: &idle
  image: IMAGE
  init: true
  command: [sleep, "100000"]
  stop_signal: SIGKILL
services:
  six: { <<: *idle, networks: { dual: { ipv4_address: 10.231.4.10, ipv6_address: "fd00:231:4::10" } } }
  six-named: { <<: *idle, hostname: node.six.test, networks: { dual: { ipv4_address: 10.231.4.11, ipv6_address: "fd00:231:4::11" } } }
  six-gateway: { <<: *idle, networks: { dual: { ipv4_address: 10.231.4.12, ipv6_address: "fd00:231:4::12" } }, extra_hosts: ["up.test:host-gateway"] }
  six-and-four:
    <<: *idle
    hostname: both.test
    networks: { dual: { ipv4_address: 10.231.4.13, ipv6_address: "fd00:231:4::13" }, plain: { ipv4_address: 10.231.5.13 } }
  four: { <<: *idle, networks: { plain: { ipv4_address: 10.231.5.14 } } }
networks:
  dual:
    enable_ipv6: true
    ipam: { config: [{ subnet: 10.231.4.0/24, gateway: 10.231.4.1 }, { subnet: "fd00:231:4::/64", gateway: "fd00:231:4::1" }] }
  plain: { ipam: { config: [{ subnet: 10.231.5.0/24, gateway: 10.231.5.1 }] } }
`

/** Resolver files of the host with which `plain` and others were started once more. */
export const HOST_RESOLVERS: Readonly<Record<string, string>> = {
  'search and options':
    '# by hand\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nsearch corp.test lab.test\noptions timeout:2 attempts:3\n',
  'ndots of the host': 'nameserver 192.0.2.1\noptions ndots:4 edns0 trust-ad\n',
  'domain alone': 'domain corp.test\nnameserver 192.0.2.1\nsortlist 192.0.2.0/24\n',
  'on loopback': 'nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch home.test\n',
  'loopback and another': 'nameserver 127.0.0.1\nnameserver 192.0.2.1\n',
  'of IPv6': 'nameserver 2001:db8::53\nnameserver fe80::1%eth0\nnameserver ::1\n',
  'root search': 'nameserver 192.0.2.1\nsearch .\n',
  empty: '',
}

/** The services that are started with each of `HOST_RESOLVERS`. */
export const RESOLVER_SCENE = `
name: resolving
x-idle: &idle
  image: IMAGE
  init: true
  command: [sleep, "100000"]
  stop_signal: SIGKILL
services:
  plain: { <<: *idle }
  resolver: { <<: *idle, dns: 192.0.2.53 }
  search: { <<: *idle, dns_search: one.test }
  search-none: { <<: *idle, dns_search: . }
  options: { <<: *idle, dns_opt: ["use-vc"] }
  none: { <<: *idle, network_mode: none }
  host: { <<: *idle, network_mode: host }
  internal: { <<: *idle, networks: [inside] }
networks:
  inside: { internal: true }
`
