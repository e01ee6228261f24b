const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i

/** Whether a host name or address means this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/** The host of a `Host` header without its port; empty where there is none. */
export function hostWithoutPort(header: string): string {
  return /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(header)?.[1] ?? ''
}
