const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i

/** Whether a host name or IP address means this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/** The host of a `Host` header without its port; empty where there is none. */
export function hostWithoutPort(header: string): string {
  return /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(header)?.[1] ?? ''
}

/** Whether a request was sent to a loopback name. */
export function asksLoopback(request: Request): boolean {
  return isLoopback(hostWithoutPort(request.headers.get('host') ?? new URL(request.url).host))
}
