/** An account of a part's service, made in every root folder that holds the part. */
export interface Account {
  readonly name: string
  readonly id: number
  readonly home: string
}

/** The content of a part. Paths are relative to the folder its packages are unpacked in. */
export interface PartDefinition {
  readonly packages: readonly string[]
  /** Dependencies that its programs run without. */
  readonly leaveOut: RegExp
  /** Programs that go into a root folder, with the libraries they load. A `*` stands for one path segment. */
  readonly programs: readonly string[]
  /** Folders and files that are copied whole. */
  readonly trees: readonly string[]
  /** Of those, what is left out. */
  readonly leaveOutFiles: RegExp
  readonly accounts: readonly Account[]
  /** Folders of the root that belong to an account. */
  readonly folders: readonly { readonly path: string; readonly owner: number; readonly mode: number }[]
}

/** Names of the parts that tests can ask for. */
export type PartName =
  | 'busybox'
  | 'redis'
  | 'nginx'
  | 'postgres'
  | 'node'
  | 'qemu'
  | 'kernel'
  | 'iproute2'
  | 'nftables'
  | 'umoci'
  | 'skopeo'
  | 'attr'
  | 'docker-registry'
  | 'runc'
  | 'xfsprogs'
  | 'crun'
  | 'runsc'
  | 'dig'
  | 'musl'

const TOOLS_OF_INSTALLATION =
  /^(adduser|coreutils|cpio|debconf|dpkg|initramfs-tools|init-system-helpers|iproute2|iso-codes|klibc-utils|kmod|libaudit-common|libfile-find-rule-perl|libjson-perl|libllvm\d+|libnumber-compare-perl|libpam-modules|libpam-modules-bin|libperl5.*|libsemanage.*|libtext-glob-perl|libz3-4|linux-base|locales|libc-l10n|logsave|lsb-base|netbase|openssl|passwd|perl.*|postgresql-common|readline-common|sensible-utils|ssl-cert|sysvinit-utils|tar|ucf|udev|usrmerge|initramfs-tools-core)$/

const SIMPLE = {
  leaveOut: TOOLS_OF_INSTALLATION,
  programs: [],
  trees: [],
  leaveOutFiles: /^$/,
  accounts: [],
  folders: [],
}

/** The parts by name. */
export const PARTS: Readonly<Record<PartName, PartDefinition>> = {
  busybox: { ...SIMPLE, packages: ['busybox-static'] },
  redis: {
    ...SIMPLE,
    packages: ['redis-server'],
    programs: ['usr/bin/redis-server', 'usr/bin/redis-cli'],
    accounts: [{ name: 'redis', id: 998, home: '/var/lib/redis' }],
    folders: [
      { path: 'var/lib/redis', owner: 998, mode: 0o755 },
      { path: 'data', owner: 998, mode: 0o755 },
    ],
  },
  nginx: {
    ...SIMPLE,
    packages: ['nginx-light'],
    programs: ['usr/sbin/nginx'],
    trees: ['etc/nginx', 'usr/share/nginx/html'],
    leaveOutFiles: /^etc\/nginx\/(modules-enabled|sites-enabled)\//,
    accounts: [{ name: 'www-data', id: 33, home: '/var/www' }],
    folders: [
      { path: 'var/lib/nginx', owner: 33, mode: 0o755 },
      { path: 'var/log/nginx', owner: 33, mode: 0o755 },
      { path: 'var/www', owner: 0, mode: 0o755 },
    ],
  },
  postgres: {
    ...SIMPLE,
    packages: ['postgresql'],
    programs: ['usr/lib/postgresql/*/bin/*', 'usr/lib/postgresql/*/lib/*.so'],
    trees: ['usr/share/postgresql', 'usr/share/zoneinfo'],
    leaveOutFiles: /llvmjit|\/locale\/|\/man\/|zoneinfo\/(right|posix)\//,
    accounts: [{ name: 'postgres', id: 999, home: '/var/lib/postgresql' }],
    folders: [
      { path: 'var/lib/postgresql', owner: 999, mode: 0o755 },
      { path: 'var/lib/postgresql/data', owner: 999, mode: 0o700 },
      { path: 'var/run/postgresql', owner: 999, mode: 0o775 },
    ],
  },
  node: { ...SIMPLE, packages: ['libstdc++6'], programs: ['usr/bin/node'] },
  qemu: { ...SIMPLE, packages: ['qemu-system-x86', 'seabios'] },
  kernel: { ...SIMPLE, packages: ['linux-image-cloud-amd64'] },
  iproute2: { ...SIMPLE, packages: ['iproute2'], leaveOut: /^(debconf|dpkg|libpam.*|perl.*|tar)$/ },
  nftables: { ...SIMPLE, packages: ['nftables'] },
  umoci: { ...SIMPLE, packages: ['umoci'] },
  skopeo: {
    ...SIMPLE,
    packages: ['skopeo'],
    leaveOut:
      /^(containernetworking-plugins|dirmngr|dmsetup|dpkg|gnupg.*|golang-github-containers-.*|gpg.*|install-info|iptables|pinentry.*|readline-common|tar)$/,
  },
  attr: { ...SIMPLE, packages: ['attr'] },
  'docker-registry': { ...SIMPLE, packages: ['docker-registry'] },
  runc: { ...SIMPLE, packages: ['runc'], programs: ['usr/sbin/runc'] },
  xfsprogs: { ...SIMPLE, packages: ['xfsprogs'] },
  crun: { ...SIMPLE, packages: ['crun'], programs: ['usr/bin/crun'] },
  runsc: { ...SIMPLE, packages: ['runsc'], programs: ['usr/bin/runsc'] },
  dig: { ...SIMPLE, packages: ['bind9-dnsutils'] },
  musl: { ...SIMPLE, packages: ['musl-dev'] },
}
