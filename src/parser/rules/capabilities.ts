import { suggestOneOf } from '../../base/did-you-mean.ts'
import { itemsOf, stringOf } from '../document/node.ts'
import { eachService, errorAt, type Rule, valueAt } from './rule-context.ts'

/** The capabilities of Linux up to 5.9 (capabilities(7)), without `CAP_`. */
const CAPABILITIES: ReadonlySet<string> = new Set(
  `AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH
  FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN
  NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT
  SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM ALL`.split(
    /\s+/,
  ),
)

/** Capabilities are ones that exist. */
export const checkCapabilities: Rule = input =>
  eachService(input, (service, name) =>
    ['cap_add', 'cap_drop'].flatMap(key =>
      itemsOf(valueAt(service, key)).flatMap(item => {
        const text = stringOf(item) ?? ''
        const capability = text.toUpperCase().replace(/^CAP_/, '')
        if (item.kind !== 'scalar' || CAPABILITIES.has(capability)) return []
        const message = `Cannot use capability "${text}" of service "${name}": it does not exist`
        return [errorAt(item, 'bad-value', { message, hint: suggestOneOf(capability, CAPABILITIES) })]
      }),
    ),
  )
