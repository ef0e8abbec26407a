/** Returns who called sudo(8) to run this command as root; undefined if nobody did. */
export function callerOf(
  environment: ReadonlyMap<string, string>,
): { readonly uid: number; readonly gid: number } | undefined {
  const [uid, gid] = ['SUDO_UID', 'SUDO_GID'].map(name => environment.get(name) ?? '')
  const isId = (text = '') => /^\d{1,10}$/.test(text)
  return isId(uid) && isId(gid) ? { uid: Number(uid), gid: Number(gid) } : undefined
}
